// One (interface, queue id) with its fill and completion ring.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>

#include "ring_mapping.h"
#include "shared_object.h"
#include "umem_group.h"

namespace fluxnet {

class SharedQueue : public SharedObject {
 public:
  static constexpr SharedKind kKind = SharedKind::kQueue;
  static constexpr const char* kWhat = "queue";

  struct Options {
    uint32_t ifindex;
    uint32_t queue_id;
    uint32_t fill_size;
    uint32_t completion_size;
  };
  static Result<std::shared_ptr<SharedQueue>> Open(std::shared_ptr<UmemGroup> group,
                                                   const Options& options);
  // The socket that has the queue's rings, for another process, or of another one.
  struct Member {
    int fd;
    bool bound;
    bool registered;
    bool first_free;  // Nobody has RX or TX rings on it yet.
  };
  static Result<std::shared_ptr<SharedQueue>> FromProcess(std::shared_ptr<UmemGroup> group,
                                                    const Options& options, const Member& member);
  // Fd -1 once it is closed.
  Member AsMember();

  SharedQueue(std::shared_ptr<UmemGroup> group, std::shared_ptr<XskFd> xsk, uint32_t ifindex,
              uint32_t queue_id, RingMapping fill, RingMapping completion)
      : SharedObject(kKind),
        group_(std::move(group)),
        ifindex_(ifindex),
        queue_id_(queue_id),
        fill_(std::move(fill)),
        completion_(std::move(completion)),
        xsk_(std::move(xsk)) {}

  uint32_t ifindex() const { return ifindex_; }
  uint32_t queue_id() const { return queue_id_; }
  const RingMapping& fill() const { return fill_; }
  const RingMapping& completion() const { return completion_; }

  // The kernel ties a queue's rings to one of its sockets: the first one opened on it is that one,
  // the others are new.
  struct Taken {
    std::shared_ptr<XskFd> xsk;
    bool first;
  };
  Result<Taken> TakeSocket();
  // The socket that has the queue's rings; null once it is closed.
  std::shared_ptr<XskFd> xsk();
  Failure Bind(const std::shared_ptr<XskFd>& xsk, uint16_t flags);

 protected:
  void Release() override;

 private:
  const std::shared_ptr<UmemGroup> group_;
  const uint32_t ifindex_;
  const uint32_t queue_id_;
  const RingMapping fill_;
  const RingMapping completion_;
  std::mutex mutex_;  // Of what follows.
  std::shared_ptr<XskFd> xsk_;
  bool first_free_ = true;
};

}  // namespace fluxnet
