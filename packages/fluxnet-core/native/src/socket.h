// One isolate's view of a socket.
#pragma once

#include <napi.h>

#include <memory>

#include "fd_watch.h"
#include "hold.h"
#include "ring_buffer.h"
#include "shared_socket.h"

namespace fluxnet {

class Socket : public Napi::ObjectWrap<Socket> {
 public:
  static constexpr napi_type_tag kTypeTag{0x666c75786e657400, 0x536f636b65740001};
  static constexpr const char* kName = "Socket";
  static Napi::Function Define(Napi::Env env);

  // new Socket(queue, rxSize, txSize): opens. new Socket(token): imports.
  // With (…, fd, bound) of its `member()` it is another process's; fd -1 for the one that has the
  // queue's rings.
  explicit Socket(const Napi::CallbackInfo& info);

  const std::shared_ptr<SharedSocket>& shared() const { return socket_.get(); }
  // To be held during a system call; null where it is closed, by this isolate or another.
  std::shared_ptr<XskFd> xsk() const { return socket_.get() ? socket_->xsk() : nullptr; }

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
  Napi::Value Token(const Napi::CallbackInfo& info) { return socket_.Token(info.Env()); }
  // member() -> { fd, bound }
  Napi::Value Member(const Napi::CallbackInfo& info);
  Napi::Value IsOpen(const Napi::CallbackInfo& info);
  // On failure an exception is pending.
  bool OpenWatch(Napi::Env env, const std::shared_ptr<XskFd>& xsk);
  void CloseAll(Napi::Env env);
  void Close(const Napi::CallbackInfo& info) { CloseAll(info.Env()); }

  Hold<SharedSocket> socket_;
  RingBuffer rx_;
  RingBuffer tx_;
  std::unique_ptr<FdWatch, FdWatch::Releaser> watch_;
  // An eventfd that tells a watch of this isolate when another one closes the socket.
  std::unique_ptr<FdWatch, FdWatch::Releaser> closing_;
};

// setXskOption(fd, level, name, value) -> 0, or a negative errno: before there is a Socket
Napi::Value SetXskOption(const Napi::CallbackInfo& info);

}  // namespace fluxnet
