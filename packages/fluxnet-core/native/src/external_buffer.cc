#include "external_buffer.h"

#include <utility>

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
  const napi_value buffer = buffer_.Value();
  // Whoever has handed the pointer to native code keeps a view, or what is behind it, until that
  // is done: Node does both, and either keeps a share of the mapping.
  auto* share = new std::shared_ptr<Mapping>(mapping_);
  const auto drop = [](napi_env, void* data, void*) {
    delete static_cast<std::shared_ptr<Mapping>*>(data);
  };
  // Should it fail, the range is lost: better than that it is used for something else.
  napi_add_finalizer(env, buffer, share, drop, nullptr, nullptr);
  napi_detach_arraybuffer(env, buffer);
  mapping_.reset();
  buffer_.Reset();
}

}  // namespace fluxnet
