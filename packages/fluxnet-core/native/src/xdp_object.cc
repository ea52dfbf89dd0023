#include "xdp_object.h"

#include <bpf/libbpf.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "args.h"
#include "bpf_log.h"
#include "redirect_object.h"
#include "steering_object.h"

namespace fluxnet {
namespace {

// libbpf has numbers of its own for broken files; the log says what is broken.
int ErrnoOf(int error) { return error >= __LIBBPF_ERRNO__START ? EINVAL : error; }

bool WantsFrags(const bpf_program* program) {
  return std::string_view(bpf_program__section_name(program)).starts_with("xdp.frags");
}

// libbpf derives the frags flag from the section when it loads; a program whose type was changed
// has lost its section's rules. The type itself stays.
void ForgetFrags(bpf_program* program) {
  bpf_program__set_type(program, BPF_PROG_TYPE_SOCKET_FILTER);
  bpf_program__set_type(program, BPF_PROG_TYPE_XDP);
  bpf_program__set_expected_attach_type(program, BPF_XDP);
}

}  // namespace

Napi::Function XdpObject::Define(Napi::Env env) {
  return DefineClass(
      env, kName,
      {InstanceMethod<&XdpObject::Programs>("programs"), InstanceMethod<&XdpObject::Maps>("maps"),
       InstanceMethod<&XdpObject::ResizeMap>("resizeMap"),
       InstanceMethod<&XdpObject::SetConstants>("setConstants"),
       InstanceMethod<&XdpObject::Select>("select"), InstanceMethod<&XdpObject::Load>("load"),
       InstanceMethod<&XdpObject::ProgramFd>("programFd"),
       InstanceMethod<&XdpObject::MapFd>("mapFd"), InstanceMethod<&XdpObject::Close>("close")});
}

XdpObject::XdpObject(const Napi::CallbackInfo& info) : ObjectWrap(info) {
  info.This().As<Napi::Object>().TypeTag(&kTypeTag);
  Open(info);
}

void XdpObject::Open(const Napi::CallbackInfo& info) {
  // A copy: JavaScript may write to its bytes, in a worker even while they are read.
  std::vector<unsigned char> copy;
  if (info[0].IsString() && info[0].As<Napi::String>().Utf8Value() == "redirect") {
    copy.assign(std::begin(kRedirectObject), std::end(kRedirectObject));
  } else if (info[0].IsString() && info[0].As<Napi::String>().Utf8Value() == "steering") {
    copy.assign(std::begin(kSteeringObject), std::end(kSteeringObject));
  } else if (info[0].IsTypedArray() &&
             info[0].As<Napi::TypedArray>().TypedArrayType() == napi_uint8_array) {
    const auto bytes = info[0].As<Napi::Uint8Array>();
    copy.assign(bytes.Data(), bytes.Data() + bytes.ByteLength());
  } else {
    Napi::TypeError::New(Env(), "expected a Uint8Array, 'redirect' or 'steering'").ThrowAsJavaScriptException();
    return;
  }
  BpfLog log;
  bpf_object* object = bpf_object__open_mem(copy.data(), copy.size(), nullptr);
  if (object == nullptr) {
    return ThrowSystemError(Env(), {ErrnoOf(errno), "bpf_object__open_mem", log.text()});
  }
  object_ = std::shared_ptr<bpf_object>(object, bpf_object__close);
}

Napi::Value XdpObject::Programs(const Napi::CallbackInfo& info) {
  Napi::Array list = Napi::Array::New(info.Env());
  if (!object_) {
    ThrowClosed(info.Env(), "object");
    return list;
  }
  bpf_program* program;
  bpf_object__for_each_program(program, object_.get()) {
    Napi::Object facts = Napi::Object::New(info.Env());
    facts.Set("name", bpf_program__name(program));
    facts.Set("xdp",
              Napi::Boolean::New(info.Env(), bpf_program__type(program) == BPF_PROG_TYPE_XDP));
    facts.Set("multiBuffer", Napi::Boolean::New(info.Env(), WantsFrags(program)));
    list.Set(list.Length(), facts);
  }
  return list;
}

Napi::Value XdpObject::Maps(const Napi::CallbackInfo& info) {
  Napi::Array list = Napi::Array::New(info.Env());
  if (!object_) {
    ThrowClosed(info.Env(), "object");
    return list;
  }
  bpf_map* map;
  bpf_object__for_each_map(map, object_.get()) {
    Napi::Object facts = Napi::Object::New(info.Env());
    facts.Set("name", bpf_map__name(map));
    facts.Set("xskmap", Napi::Boolean::New(info.Env(), bpf_map__type(map) == BPF_MAP_TYPE_XSKMAP));
    facts.Set("maxEntries", Napi::Number::New(info.Env(), bpf_map__max_entries(map)));
    list.Set(list.Length(), facts);
  }
  return list;
}

bpf_map* XdpObject::FindMap(const Napi::CallbackInfo& info) const {
  const auto name = StringArg(info, 0, "name");
  if (!name) return nullptr;
  if (!object_) {
    ThrowClosed(info.Env(), "object");
    return nullptr;
  }
  bpf_map* map = bpf_object__find_map_by_name(object_.get(), name->c_str());
  if (map == nullptr) ThrowSystemError(info.Env(), {ENOENT, "bpf_object__find_map_by_name", {}});
  return map;
}

void XdpObject::ResizeMap(const Napi::CallbackInfo& info) {
  const auto max_entries = IntegerArg(info, 1, "maxEntries", 1, UINT32_MAX);
  if (!max_entries) return;
  bpf_map* map = FindMap(info);
  if (map == nullptr) return;
  const int status = bpf_map__set_max_entries(map, static_cast<uint32_t>(*max_entries));
  if (status != 0) ThrowSystemError(info.Env(), {-status, "bpf_map__set_max_entries", {}});
}

void XdpObject::SetConstants(const Napi::CallbackInfo& info) {
  bpf_map* map = FindMap(info);
  if (map == nullptr) return;
  if (!info[1].IsTypedArray() ||
      info[1].As<Napi::TypedArray>().TypedArrayType() != napi_uint8_array) {
    Napi::TypeError::New(info.Env(), "bytes must be a Uint8Array").ThrowAsJavaScriptException();
    return;
  }
  const auto bytes = info[1].As<Napi::Uint8Array>();
  const int status = bpf_map__set_initial_value(map, bytes.Data(), bytes.ByteLength());
  if (status != 0) ThrowSystemError(info.Env(), {-status, "bpf_map__set_initial_value", {}});
}

void XdpObject::Select(const Napi::CallbackInfo& info) {
  const auto name = StringArg(info, 0, "name");
  if (!name) return;
  if (!object_) return ThrowClosed(info.Env(), "object");
  if (loaded_) return ThrowSystemError(info.Env(), {EBUSY, "bpf_program__set_autoload", {}});
  program_ = bpf_object__find_program_by_name(object_.get(), name->c_str());
  if (program_ == nullptr || bpf_program__type(program_) != BPF_PROG_TYPE_XDP) {
    program_ = nullptr;
    return ThrowSystemError(info.Env(), {ENOENT, "bpf_object__find_program_by_name", {}});
  }
  bpf_program* program;
  bpf_object__for_each_program(program, object_.get()) {
    bpf_program__set_autoload(program, program == program_);
  }
  multi_buffer_ = WantsFrags(program_) && info[1].ToBoolean();
  if (!multi_buffer_) ForgetFrags(program_);
}

Napi::Value XdpObject::Load(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (!object_) {
    ThrowClosed(env, "object");
    return env.Undefined();
  }
  // Without a choice every program of the file would be loaded.
  if (!loadable()) {
    ThrowSystemError(env, {EINVAL, "bpf(BPF_PROG_LOAD)", {}});
    return env.Undefined();
  }
  loaded_ = true;
  BpfLog log;
  const int status = bpf_object__load(object_.get());
  if (status == 0) return Napi::String::New(env, log.text());
  ThrowSystemError(env, {ErrnoOf(-status), "bpf(BPF_PROG_LOAD)", log.text()});
  return env.Undefined();
}

Napi::Value XdpObject::ProgramFd(const Napi::CallbackInfo& info) {
  const bool there = loaded_ && program_ != nullptr;
  return Napi::Number::New(info.Env(), there ? std::max(bpf_program__fd(program_), -1) : -1);
}

Napi::Value XdpObject::MapFd(const Napi::CallbackInfo& info) {
  const auto name = StringArg(info, 0, "name");
  if (!name) return info.Env().Undefined();
  const int fd = object_ ? bpf_object__find_map_fd_by_name(object_.get(), name->c_str()) : -1;
  return Napi::Number::New(info.Env(), std::max(fd, -1));
}

void XdpObject::Close(const Napi::CallbackInfo&) {
  program_ = nullptr;
  object_.reset();
}

}  // namespace fluxnet
