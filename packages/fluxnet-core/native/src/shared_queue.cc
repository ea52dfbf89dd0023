#include "shared_queue.h"

#include <utility>

namespace fluxnet {

Result<std::shared_ptr<SharedQueue>> SharedQueue::Open(std::shared_ptr<UmemGroup> group,
                                                       const Options& options) {
  auto xsk = group->TakeSocket();
  if (!xsk.ok()) return xsk.error();
  auto fill = RingMapping::Open(*xsk.value(), RingKind::kFill, options.fill_size);
  if (!fill.ok()) return fill.error();
  auto completion =
      RingMapping::Open(*xsk.value(), RingKind::kCompletion, options.completion_size);
  if (!completion.ok()) return completion.error();
  return std::make_shared<SharedQueue>(std::move(group), std::move(xsk.value()), options.ifindex,
                                       options.queue_id, std::move(fill.value()),
                                       std::move(completion.value()));
}

Result<std::shared_ptr<SharedQueue>> SharedQueue::FromProcess(std::shared_ptr<UmemGroup> group,
                                                        const Options& options,
                                                        const Member& member) {
  // Without a registration of its own it shares with a socket of the group when it is bound.
  auto xsk = XskFd::Adopt(member.fd, member.registered, member.bound);
  if (!xsk.ok()) return xsk.error();
  auto fill = RingMapping::Adopt(*xsk.value(), RingKind::kFill, options.fill_size);
  if (!fill.ok()) return fill.error();
  auto completion =
      RingMapping::Adopt(*xsk.value(), RingKind::kCompletion, options.completion_size);
  if (!completion.ok()) return completion.error();
  if (member.bound) group->Offer(xsk.value());
  auto queue = std::make_shared<SharedQueue>(std::move(group), std::move(xsk.value()),
                                             options.ifindex, options.queue_id,
                                             std::move(fill.value()), std::move(completion.value()));
  queue->first_free_ = member.first_free;
  return queue;
}

SharedQueue::Member SharedQueue::AsMember() {
  std::lock_guard lock(mutex_);
  if (!xsk_) return {-1, false, false, false};
  return {xsk_->fd.get(), xsk_->bound, xsk_->registered, first_free_};
}

std::shared_ptr<XskFd> SharedQueue::xsk() {
  std::lock_guard lock(mutex_);
  return xsk_;
}

Result<SharedQueue::Taken> SharedQueue::TakeSocket() {
  std::lock_guard lock(mutex_);
  if (!xsk_) return SysError{EBADF, "socket(AF_XDP)", {}};
  if (std::exchange(first_free_, false)) return Taken{xsk_, true};
  // It would share with the first one, which is not bound: yet, or never will be.
  if (!xsk_->bound) return SysError{EBADF, "socket(AF_XDP)", {}};
  auto opened = XskFd::Open();
  if (!opened.ok()) return opened.error();
  return Taken{std::move(opened.value()), false};
}

Failure SharedQueue::Bind(const std::shared_ptr<XskFd>& xsk, uint16_t flags) {
  const std::shared_ptr<XskFd> first = this->xsk();
  if (!first) return SysError{EBADF, "bind", {}};
  if (xsk == first) return group_->BindQueue(xsk, ifindex_, queue_id_, flags);
  return xsk->BindShared(ifindex_, queue_id_, *first);
}

void SharedQueue::Release() {
  fill_.Retire();
  completion_.Retire();
  std::shared_ptr<XskFd> xsk;
  {
    std::lock_guard lock(mutex_);
    xsk.swap(xsk_);
  }
  XskFd::GiveUp(std::move(xsk));
}

}  // namespace fluxnet
