// A netlink socket: whole datagrams out and in. What they say is decoded in TypeScript
// (src/kernel/netlink).
#pragma once

#include <napi.h>

#include <memory>

#include "fd.h"
#include "fd_watch.h"

namespace fluxnet {

class NetlinkSocket : public Napi::ObjectWrap<NetlinkSocket> {
 public:
  static constexpr napi_type_tag kTypeTag{0x666c75786e657400, 0x6e65746c696e6b01};
  static constexpr const char* kName = "NetlinkSocket";
  static Napi::Function Define(Napi::Env env);

  // new NetlinkSocket(protocol, group), group 0 for none: socket, bind, setsockopt. Needs no
  // rights for NETLINK_ROUTE and NETLINK_GENERIC.
  explicit NetlinkSocket(const Napi::CallbackInfo& info);

 private:
  // The constructor's work; on failure an exception is pending and nothing is held.
  void Open(const Napi::CallbackInfo& info);
  // send(bytes) -> 0, or a negative errno. The kernel answers before it returns.
  Napi::Value Send(const Napi::CallbackInfo& info);
  // receive() -> the next datagram of the kernel, or a negative errno. Never waits.
  Napi::Value Receive(const Napi::CallbackInfo& info);
  // watch(listener): calls back once when there is something to receive.
  void Watch(const Napi::CallbackInfo& info);
  void Close(const Napi::CallbackInfo& info);

  Fd fd_;
  std::unique_ptr<FdWatch, FdWatch::Releaser> watch_;
};

}  // namespace fluxnet
