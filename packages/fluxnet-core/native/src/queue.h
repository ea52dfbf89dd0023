// One (interface, queue id) with its fill and completion ring.
#pragma once

#include <napi.h>

#include <memory>

#include "ring_mapping.h"
#include "xsk_fd.h"

namespace fluxnet {

class Queue : public Napi::ObjectWrap<Queue> {
 public:
  static constexpr napi_type_tag kTypeTag{0x666c75786e657400, 0x5175657565000001};
  static constexpr const char* kName = "Queue";
  static Napi::Function Define(Napi::Env env);

  // new Queue(umem, ifindex, queueId, fillSize, completionSize)
  explicit Queue(const Napi::CallbackInfo& info);

  bool open() const { return xsk_ != nullptr; }
  // The kernel ties a queue's rings to one of its sockets: the first one opened on it.
  const std::shared_ptr<XskFd>& xsk() const { return xsk_; }
  bool TakeOwner() { return std::exchange(owner_free_, false); }
  Failure Bind(const std::shared_ptr<XskFd>& xsk, uint16_t flags);

 private:
  // The constructor's work; on failure an exception is pending and nothing is held.
  void Open(const Napi::CallbackInfo& info);
  Napi::Value Fill(const Napi::CallbackInfo& info) { return fill_.ToJs(info.Env()); }
  Napi::Value Completion(const Napi::CallbackInfo& info) { return completion_.ToJs(info.Env()); }
  void Close(const Napi::CallbackInfo& info);

  std::shared_ptr<UmemGroup> group_;
  std::shared_ptr<XskFd> xsk_;
  bool owner_free_ = true;
  uint32_t ifindex_ = 0;
  uint32_t queue_id_ = 0;
  RingMapping fill_;
  RingMapping completion_;
};

}  // namespace fluxnet
