// A socket with its RX and TX ring.
#pragma once

#include <napi.h>

#include <memory>

#include "fd_watch.h"
#include "queue.h"
#include "ring_mapping.h"
#include "xsk_fd.h"

namespace fluxnet {

class Socket : public Napi::ObjectWrap<Socket> {
 public:
  static constexpr napi_type_tag kTypeTag{0x666c75786e657400, 0x536f636b65740001};
  static constexpr const char* kName = "Socket";
  static Napi::Function Define(Napi::Env env);

  // new Socket(queue, rxSize, txSize)
  explicit Socket(const Napi::CallbackInfo& info);

  const std::shared_ptr<XskFd>& xsk() const { return xsk_; }

 private:
  // The constructor's work; on failure an exception is pending and nothing is held.
  void Open(const Napi::CallbackInfo& info);
  Napi::Value Rx(const Napi::CallbackInfo& info) { return rx_.ToJs(info.Env()); }
  Napi::Value Tx(const Napi::CallbackInfo& info) { return tx_.ToJs(info.Env()); }
  // bind(queue, flags)
  void Bind(const Napi::CallbackInfo& info);
  Napi::Value Kick(const Napi::CallbackInfo& info);
  Napi::Value WakeRx(const Napi::CallbackInfo& info);
  // watch(readable, writable, listener)
  void Watch(const Napi::CallbackInfo& info);
  void Unwatch(const Napi::CallbackInfo& info);
  Napi::Value Statistics(const Napi::CallbackInfo& info);
  // setOption(level, name, value) and getOption(level, name): 0 or value, or a negative errno.
  Napi::Value SetOption(const Napi::CallbackInfo& info);
  Napi::Value GetOption(const Napi::CallbackInfo& info);
  void Close(const Napi::CallbackInfo& info);

  std::shared_ptr<XskFd> xsk_;
  RingMapping rx_;
  RingMapping tx_;
  std::unique_ptr<FdWatch, FdWatch::Releaser> watch_;
};

}  // namespace fluxnet
