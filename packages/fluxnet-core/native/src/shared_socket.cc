#include "shared_socket.h"

#include <sys/eventfd.h>

#include <utility>

namespace fluxnet {

Result<std::shared_ptr<SharedSocket>> SharedSocket::Open(SharedQueue& queue, uint32_t rx_size,
                                                         uint32_t tx_size) {
  auto taken = queue.TakeSocket();
  if (!taken.ok()) return taken.error();
  return Map(std::move(taken.value()), rx_size, tx_size, RingMapping::Open);
}

Result<std::shared_ptr<SharedSocket>> SharedSocket::FromProcess(SharedQueue& queue, uint32_t rx_size,
                                                          uint32_t tx_size, int fd, bool bound) {
  if (fd < 0) {
    SharedQueue::Taken taken{queue.xsk(), true};
    if (!taken.xsk) return SysError{EBADF, "mmap", {}};
    return Map(std::move(taken), rx_size, tx_size, RingMapping::Adopt);
  }
  auto xsk = XskFd::Adopt(fd, false, bound);
  if (!xsk.ok()) return xsk.error();
  return Map({std::move(xsk.value()), false}, rx_size, tx_size, RingMapping::Adopt);
}

Result<std::shared_ptr<SharedSocket>> SharedSocket::Map(SharedQueue::Taken taken, uint32_t rx_size,
                                                        uint32_t tx_size, MapRing map_ring) {
  RingMapping rx;
  if (rx_size > 0) {
    auto mapped = map_ring(*taken.xsk, RingKind::kRx, rx_size);
    if (!mapped.ok()) return mapped.error();
    rx = std::move(mapped.value());
  }
  RingMapping tx;
  if (tx_size > 0) {
    auto mapped = map_ring(*taken.xsk, RingKind::kTx, tx_size);
    if (!mapped.ok()) return mapped.error();
    tx = std::move(mapped.value());
  }
  return std::make_shared<SharedSocket>(std::move(taken), std::move(rx), std::move(tx));
}

std::shared_ptr<XskFd> SharedSocket::xsk() {
  std::lock_guard lock(mutex_);
  return xsk_;
}

void SharedSocket::WakeOnClose(const std::shared_ptr<Fd>& wakeup) {
  std::lock_guard lock(mutex_);
  std::erase_if(wakeups_, [](const auto& known) { return known.expired(); });
  wakeups_.push_back(wakeup);
  if (!xsk_) eventfd_write(wakeup->get(), 1);
}

void SharedSocket::Release() {
  rx_.Retire();
  tx_.Retire();
  std::shared_ptr<XskFd> xsk;
  std::vector<std::weak_ptr<Fd>> wakeups;
  {
    std::lock_guard lock(mutex_);
    xsk.swap(xsk_);
    wakeups.swap(wakeups_);
  }
  if (!first_) XskFd::GiveUp(std::move(xsk));
  for (const auto& wakeup : wakeups) {
    if (auto fd = wakeup.lock()) eventfd_write(fd->get(), 1);
  }
}

}  // namespace fluxnet
