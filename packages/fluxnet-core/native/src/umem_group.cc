#include "umem_group.h"

#include <sys/socket.h>

#include <utility>

#include "spare_sockets.h"

namespace fluxnet {

Result<std::shared_ptr<UmemGroup>> UmemGroup::Open(std::shared_ptr<Mapping> memory,
                                                   const UmemLayout& layout) {
  auto xsk = XskFd::Open();
  if (!xsk.ok()) return xsk.error();
  auto group = std::make_shared<UmemGroup>(std::move(memory), layout);
  if (Failure failure = group->Register(*xsk.value())) {
    // Unused still: another attempt may do better.
    SpareSockets::GiveBack(std::move(xsk.value()->fd));
    return *failure;
  }
  group->first_ = std::move(xsk.value());
  return group;
}

Failure UmemGroup::Register(XskFd& xsk) const {
  UmemReg reg{};
  reg.addr = reinterpret_cast<uint64_t>(memory_->address());
  reg.len = memory_->size();
  reg.chunk_size = layout_.chunk_size;
  reg.headroom = layout_.headroom;
  reg.flags = layout_.flags;
  reg.tx_metadata_len = layout_.tx_metadata_length;
  if (setsockopt(xsk.fd.get(), SOL_XDP, XDP_UMEM_REG, &reg, sizeof(reg)) != 0) {
    return LastError("setsockopt(XDP_UMEM_REG)");
  }
  xsk.registered = true;
  return std::nullopt;
}

void UmemGroup::Offer(std::shared_ptr<XskFd> xsk) {
  std::lock_guard lock(mutex_);
  if (!xsk->bound) {
    first_ = std::move(xsk);
    return;
  }
  bound_.push_back(xsk);
  foreign_ = std::move(xsk);
}

std::shared_ptr<XskFd> UmemGroup::Member() {
  std::lock_guard lock(mutex_);
  if (first_) return first_;
  for (const auto& member : bound_) {
    if (auto xsk = member.lock()) return xsk;
  }
  return nullptr;
}

Result<std::shared_ptr<XskFd>> UmemGroup::TakeSocket() {
  std::lock_guard lock(mutex_);
  if (first_) return std::exchange(first_, nullptr);
  return XskFd::Open();
}

Failure UmemGroup::BindQueue(const std::shared_ptr<XskFd>& xsk, uint32_t ifindex, uint32_t queue_id,
                             uint16_t flags) {
  if (xsk->bound) return xsk->Bind(ifindex, queue_id, flags);  // Refused, by the kernel.
  std::lock_guard lock(mutex_);
  Failure failure;
  // A socket with a registration of its own cannot share (xsk_bind, net/xdp/xsk.c).
  if (!xsk->registered) {
    while (!bound_.empty()) {
      const std::shared_ptr<XskFd> member = bound_.front().lock();
      failure = member ? xsk->BindShared(ifindex, queue_id, *member) : SysError{EBADF, "bind", {}};
      if (!failure) break;
      if (failure->error != EBADF) return failure;
      // Closed, or its interface was removed: no longer a bound socket to the kernel.
      bound_.erase(bound_.begin());
    }
    if (bound_.empty()) failure = Register(*xsk);
  }
  if (!failure && !xsk->bound) failure = xsk->Bind(ifindex, queue_id, flags);
  if (!failure) bound_.push_back(xsk);
  return failure;
}

void UmemGroup::Release() {
  std::lock_guard lock(mutex_);
  first_.reset();
  foreign_.reset();
  bound_.clear();
}

}  // namespace fluxnet
