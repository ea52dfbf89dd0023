// A socket with its RX and TX ring.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "fd.h"
#include "ring_mapping.h"
#include "shared_object.h"
#include "shared_queue.h"

namespace fluxnet {

class SharedSocket : public SharedObject {
 public:
  static constexpr SharedKind kKind = SharedKind::kSocket;
  static constexpr const char* kWhat = "socket";

  static Result<std::shared_ptr<SharedSocket>> Open(SharedQueue& queue, uint32_t rx_size,
                                                    uint32_t tx_size);
  // One that another process has made. Fd -1 is the socket that has the queue's rings.
  static Result<std::shared_ptr<SharedSocket>> FromProcess(SharedQueue& queue, uint32_t rx_size,
                                                     uint32_t tx_size, int fd, bool bound);
  SharedSocket(SharedQueue::Taken taken, RingMapping rx, RingMapping tx)
      : SharedObject(kKind),
        rx_(std::move(rx)),
        tx_(std::move(tx)),
        first_(taken.first),
        xsk_(std::move(taken.xsk)) {}

  const RingMapping& rx() const { return rx_; }
  const RingMapping& tx() const { return tx_; }

  // To be held during a system call; null once it is closed.
  std::shared_ptr<XskFd> xsk();

  // An eventfd to signal when the socket closes, because its thread may sleep meanwhile.
  void WakeOnClose(const std::shared_ptr<Fd>& wakeup);

 protected:
  void Release() override;

 private:
  using MapRing = Result<RingMapping> (*)(const XskFd&, RingKind, uint32_t);
  static Result<std::shared_ptr<SharedSocket>> Map(SharedQueue::Taken taken, uint32_t rx_size,
                                                   uint32_t tx_size, MapRing map_ring);

  const RingMapping rx_;
  const RingMapping tx_;
  const bool first_;  // It stays with the queue, see SharedQueue::TakeSocket.
  std::mutex mutex_;  // Of what follows.
  std::shared_ptr<XskFd> xsk_;
  std::vector<std::weak_ptr<Fd>> wakeups_;
};

}  // namespace fluxnet
