// One isolate's view of a queue.
#pragma once

#include <napi.h>

#include <memory>

#include "hold.h"
#include "ring_buffer.h"
#include "shared_queue.h"

namespace fluxnet {

class Queue : public Napi::ObjectWrap<Queue> {
 public:
  static constexpr napi_type_tag kTypeTag{0x666c75786e657400, 0x5175657565000001};
  static constexpr const char* kName = "Queue";
  static Napi::Function Define(Napi::Env env);

  // new Queue(umem, ifindex, queueId, fillSize, completionSize): opens. new Queue(token): imports.
  // With (…, fd, bound, registered, ownerFree) of its `member()` it is another process's.
  explicit Queue(const Napi::CallbackInfo& info);

  bool open() const { return queue_.open(); }
  const std::shared_ptr<SharedQueue>& shared() const { return queue_.get(); }

 private:
  // The constructor's work; on failure an exception is pending and nothing is held.
  void Open(const Napi::CallbackInfo& info);
  Napi::Value Fill(const Napi::CallbackInfo& info) { return fill_.ToJs(info.Env()); }
  Napi::Value Completion(const Napi::CallbackInfo& info) { return completion_.ToJs(info.Env()); }
  Napi::Value Token(const Napi::CallbackInfo& info) { return queue_.Token(info.Env()); }
  // member() -> of the socket that has the queue's rings
  Napi::Value Member(const Napi::CallbackInfo& info);
  Napi::Value IsOpen(const Napi::CallbackInfo& info);
  void CloseAll(Napi::Env env);
  void Close(const Napi::CallbackInfo& info) { CloseAll(info.Env()); }

  Hold<SharedQueue> queue_;
  RingBuffer fill_;
  RingBuffer completion_;
};

}  // namespace fluxnet
