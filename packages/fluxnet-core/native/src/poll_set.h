// A blocking wait on several sockets and one eventfd.
#pragma once

#include <napi.h>
#include <poll.h>

#include <memory>
#include <vector>

#include "fd.h"
#include "shared_socket.h"

namespace fluxnet {

class PollSet : public Napi::ObjectWrap<PollSet> {
 public:
  static constexpr napi_type_tag kTypeTag{0x666c75786e657400, 0x506f6c6c53657401};
  static constexpr const char* kName = "PollSet";
  static Napi::Function Define(Napi::Env env);
  // interrupt(token): from any thread of the process.
  static void InterruptByToken(const Napi::CallbackInfo& info);

  // new PollSet(): eventfd.
  explicit PollSet(const Napi::CallbackInfo& info);
  ~PollSet() override;

 private:
  // The constructor's work; on failure an exception is pending and nothing is held.
  void Open(const Napi::CallbackInfo& info);
  struct Member {
    std::weak_ptr<SharedSocket> socket;  // A closed one must not keep its queue busy.
    short events;
    short ready;
  };

  // add(socket, readable, writable) -> index
  Napi::Value Add(const Napi::CallbackInfo& info);
  // wait(timeoutMs) -> count of ready sockets, or a negative errno: -EINTR where this thread is to
  // end, which JavaScript does not see any more
  Napi::Value Wait(const Napi::CallbackInfo& info);
  // ready(index) -> bit 0 readable, bit 1 writable
  Napi::Value Ready(const Napi::CallbackInfo& info);
  void Interrupt(const Napi::CallbackInfo& info);
  Napi::Value Token(const Napi::CallbackInfo& info);
  void Close(const Napi::CallbackInfo& info);

  // poll(2) until something is ready, the time is over, or this thread is to end.
  int Sleep(Napi::Env env, int64_t timeout_ms);

  std::shared_ptr<Fd> wakeup_;
  uint32_t token_ = 0;
  std::vector<Member> members_;
  std::vector<pollfd> fds_;
};

}  // namespace fluxnet
