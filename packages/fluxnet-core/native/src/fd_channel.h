// One end of a Unix socket that keeps message boundaries (SOCK_SEQPACKET), for messages with
// descriptors beside them (SCM_RIGHTS). What the messages say is decided in TypeScript
// (src/processes).
#pragma once

#include <napi.h>

#include <memory>

#include "fd.h"
#include "fd_watch.h"

namespace fluxnet {

class FdChannel : public Napi::ObjectWrap<FdChannel> {
 public:
  static constexpr napi_type_tag kTypeTag{0x666c75786e657400, 0x46644368616e6e01};
  static constexpr const char* kName = "FdChannel";
  static Napi::Function Define(Napi::Env env);

  // new FdChannel(path): socket, connect. new FdChannel(fd): takes a descriptor over, which must be
  // such a socket; EPROTOTYPE or ENOTSOCK where it is something else, and then it stays the
  // caller's.
  explicit FdChannel(const Napi::CallbackInfo& info);

  // channelPair() -> two descriptors of the caller: socketpair
  static Napi::Value Pair(const Napi::CallbackInfo& info);

 private:
  // The constructor's work; on failure an exception is pending and nothing is held.
  void Open(const Napi::CallbackInfo& info);
  void Connect(const std::string& path);
  void TakeOver(int fd);
  // peer() -> { pid, uid, gid }: SO_PEERCRED, as they were at connect, listen or socketpair
  Napi::Value Peer(const Napi::CallbackInfo& info);
  // send(bytes, fds) -> 0, or a negative errno. Never waits.
  Napi::Value Send(const Napi::CallbackInfo& info);
  // receive() -> { bytes, fds, truncated }, fds owned by the caller, or a negative errno. Never
  // waits. No bytes: the other end is closed.
  Napi::Value Receive(const Napi::CallbackInfo& info);
  // watch(readable, writable, listener): calls back once
  void Watch(const Napi::CallbackInfo& info);
  void Unwatch(const Napi::CallbackInfo& info);
  void Close(const Napi::CallbackInfo& info);

  Fd fd_;
  std::unique_ptr<FdWatch, FdWatch::Releaser> watch_;
};

}  // namespace fluxnet
