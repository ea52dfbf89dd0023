#include "external_buffer.h"

#include <utility>

#include "addon_data.h"

namespace fluxnet {

ExternalBuffer::ExternalBuffer(Napi::Env env, std::shared_ptr<Mapping> mapping) {
  // The buffer owns a share of the mapping, so that a buffer which outlives its object (never
  // closed, collected later) still points at mapped memory.
  auto* share = new std::shared_ptr<Mapping>(mapping);
  napi_value buffer;
  const napi_status status = napi_create_external_arraybuffer(
      env, mapping->address(), mapping->size(),
      [](napi_env, void*, void* hint) { delete static_cast<std::shared_ptr<Mapping>*>(hint); },
      share, &buffer);
  if (status != napi_ok) {
    delete share;
    Napi::Error::New(env, "this JavaScript runtime does not allow external array buffers")
        .ThrowAsJavaScriptException();
    return;
  }
  buffer_ = Napi::Persistent(Napi::ArrayBuffer(env, buffer));
  mapping_ = std::move(mapping);
}

Napi::Value ExternalBuffer::value(Napi::Env env) const {
  if (!open()) return env.Undefined();
  return buffer_.Value();
}

void ExternalBuffer::Close(Napi::Env env) {
  if (!open()) return;
  Napi::HandleScope scope(env);
  napi_detach_arraybuffer(env, buffer_.Value());
  AddonData::Of(env).Keep(mapping_);
  mapping_.reset();
  buffer_.Reset();
}

}  // namespace fluxnet
