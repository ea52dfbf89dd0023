#include "fd_listener.h"

#include <sys/socket.h>
#include <sys/stat.h>

#include "args.h"
#include "unix_address.h"

namespace fluxnet {
namespace {

constexpr int kBacklog = 64;

}  // namespace

Napi::Function FdListener::Define(Napi::Env env) {
  return DefineClass(env, kName,
                     {InstanceMethod<&FdListener::Accept>("accept"),
                      InstanceMethod<&FdListener::Watch>("watch"),
                      InstanceMethod<&FdListener::Unwatch>("unwatch"),
                      InstanceMethod<&FdListener::Close>("close")});
}

FdListener::FdListener(const Napi::CallbackInfo& info) : ObjectWrap(info) {
  info.This().As<Napi::Object>().TypeTag(&kTypeTag);
  Open(info);
}

void FdListener::Open(const Napi::CallbackInfo& info) {
  const auto path = StringArg(info, 0, "path");
  if (!path) return;
  const auto mode = IntegerArg(info, 1, "mode", 0, 0777);
  if (!mode) return;
  const auto address = UnixAddress(*path);
  if (!address) return ThrowSystemError(Env(), {ENAMETOOLONG, "bind", {}});
  Fd fd(socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd.open()) return ThrowSystemError(Env(), LastError("socket(AF_UNIX)"));
  if (bind(fd.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof(*address)) != 0) {
    return ThrowSystemError(Env(), LastError("bind"));
  }
  const char* failed = nullptr;
  if (chmod(path->c_str(), static_cast<mode_t>(*mode)) != 0) {
    failed = "chmod";
  } else if (listen(fd.get(), kBacklog) != 0) {
    failed = "listen";
  }
  if (failed != nullptr) {
    const SysError error = LastError(failed);
    unlink(path->c_str());
    return ThrowSystemError(Env(), error);
  }
  fd_ = std::move(fd);
}

Napi::Value FdListener::Accept(const Napi::CallbackInfo& info) {
  if (!fd_.open()) return Napi::Number::New(info.Env(), -EBADF);
  const int fd = accept4(fd_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  return Napi::Number::New(info.Env(), fd < 0 ? -errno : fd);
}

void FdListener::Watch(const Napi::CallbackInfo& info) {
  const auto listener = FunctionArg(info, 0, "listener");
  if (!listener) return;
  if (!fd_.open()) return ThrowClosed(info.Env(), "listener");
  if (!watch_) {
    watch_.reset(FdWatch::Open(info.Env(), fd_.get()));
    if (!watch_) return;
  }
  watch_->Start(info.Env(), true, false, *listener);
}

void FdListener::Unwatch(const Napi::CallbackInfo&) {
  if (watch_) watch_->Stop();
}

void FdListener::Close(const Napi::CallbackInfo&) {
  watch_.reset();  // Before the descriptor it waits on.
  fd_.Close();
}

}  // namespace fluxnet
