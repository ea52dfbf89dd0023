#include "shared_socket.h"

#include <sys/eventfd.h>

#include <utility>

namespace fluxnet {

Result<std::shared_ptr<SharedSocket>> SharedSocket::Open(SharedQueue& queue, uint32_t rx_size,
                                                         uint32_t tx_size) {
  auto taken = queue.TakeSocket();
  if (!taken.ok()) return taken.error();
  const XskFd& xsk = *taken.value().xsk;
  RingMapping rx;
  if (rx_size > 0) {
    auto opened = RingMapping::Open(xsk, RingKind::kRx, rx_size);
    if (!opened.ok()) return opened.error();
    rx = std::move(opened.value());
  }
  RingMapping tx;
  if (tx_size > 0) {
    auto opened = RingMapping::Open(xsk, RingKind::kTx, tx_size);
    if (!opened.ok()) return opened.error();
    tx = std::move(opened.value());
  }
  return std::make_shared<SharedSocket>(std::move(taken.value()), std::move(rx), std::move(tx));
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
