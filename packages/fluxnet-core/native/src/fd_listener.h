// A Unix socket file that other processes connect to (SOCK_SEQPACKET).
#pragma once

#include <napi.h>

#include <memory>

#include "fd.h"
#include "fd_watch.h"

namespace fluxnet {

class FdListener : public Napi::ObjectWrap<FdListener> {
 public:
  static constexpr napi_type_tag kTypeTag{0x666c75786e657400, 0x46644c6973746e01};
  static constexpr const char* kName = "FdListener";
  static Napi::Function Define(Napi::Env env);

  // new FdListener(path, mode): socket, bind, chmod, listen. Nobody can connect before the file has
  // its mode.
  explicit FdListener(const Napi::CallbackInfo& info);

 private:
  // The constructor's work; on failure an exception is pending and nothing is held.
  void Open(const Napi::CallbackInfo& info);
  // accept() -> a descriptor of the caller, or a negative errno. Never waits.
  Napi::Value Accept(const Napi::CallbackInfo& info);
  // watch(listener): calls back once when somebody has connected
  void Watch(const Napi::CallbackInfo& info);
  void Unwatch(const Napi::CallbackInfo& info);
  void Close(const Napi::CallbackInfo& info);

  Fd fd_;
  std::unique_ptr<FdWatch, FdWatch::Releaser> watch_;
};

}  // namespace fluxnet
