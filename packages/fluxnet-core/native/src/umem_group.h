// Memory registered with the kernel: the sockets that share one registration.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "mapping.h"
#include "result.h"
#include "shared_object.h"
#include "xsk_fd.h"

namespace fluxnet {

struct UmemLayout {
  uint32_t chunk_size;
  uint32_t headroom;
  uint32_t flags;
  uint32_t tx_metadata_length;
};

// The kernel shares a UMEM by naming a bound socket of the group when the next one binds.
class UmemGroup : public SharedObject {
 public:
  static constexpr SharedKind kKind = SharedKind::kUmem;
  static constexpr const char* kWhat = "umem";

  // socket(AF_XDP), setsockopt(XDP_UMEM_REG). Needs RLIMIT_MEMLOCK or CAP_IPC_LOCK.
  static Result<std::shared_ptr<UmemGroup>> Open(std::shared_ptr<Mapping> memory,
                                                 const UmemLayout& layout);
  // By itself: memory that another process has registered.
  UmemGroup(std::shared_ptr<Mapping> memory, const UmemLayout& layout)
      : SharedObject(kKind), memory_(std::move(memory)), layout_(layout) {}

  // A socket of the registration that another process has made: for the next queue, or, bound
  // there, to share with.
  void Offer(std::shared_ptr<XskFd> xsk);
  // One that another process can use the registration by; null where a queue that is not bound has
  // the only one.
  std::shared_ptr<XskFd> Member();

  // The socket that the memory was first registered on, once; then new ones.
  Result<std::shared_ptr<XskFd>> TakeSocket();
  // bind(2) for the socket that owns a queue's fill and completion ring.
  Failure BindQueue(const std::shared_ptr<XskFd>& xsk, uint32_t ifindex, uint32_t queue_id,
                    uint16_t flags);

 protected:
  void Release() override;

 private:
  Failure Register(XskFd& xsk) const;

  const std::shared_ptr<Mapping> memory_;
  const UmemLayout layout_;
  std::mutex mutex_;  // Of what follows.
  std::shared_ptr<XskFd> first_;
  std::vector<std::weak_ptr<XskFd>> bound_;
  std::shared_ptr<XskFd> foreign_;  // Bound by another process.
};

}  // namespace fluxnet
