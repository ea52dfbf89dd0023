// One AF_XDP socket of the kernel, and the group of sockets that share a registered UMEM.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "fd.h"
#include "mapping.h"
#include "result.h"
#include "xdp_abi.h"

namespace fluxnet {

struct XskFd {
  Fd fd;
  bool registered = false;  // XDP_UMEM_REG was done on it.
  bool bound = false;

  // socket(AF_XDP). Needs CAP_NET_RAW.
  static Result<std::shared_ptr<XskFd>> Open();
};

struct UmemLayout {
  uint32_t chunk_size;
  uint32_t headroom;
  uint32_t flags;
  uint32_t tx_metadata_length;
};

// The kernel shares a UMEM by naming a bound socket of the group when the next one binds.
class UmemGroup {
 public:
  UmemGroup(std::shared_ptr<Mapping> memory, const UmemLayout& layout)
      : memory_(std::move(memory)), layout_(layout) {}

  // setsockopt(XDP_UMEM_REG). Needs RLIMIT_MEMLOCK or CAP_IPC_LOCK.
  Failure Register(XskFd& xsk) const;

  // The socket that the memory was first registered on, once; then new ones.
  Result<std::shared_ptr<XskFd>> TakeSocket();
  void OfferSocket(std::shared_ptr<XskFd> xsk) { first_ = std::move(xsk); }

  // bind(2) for the socket that owns a queue's fill and completion ring.
  Failure BindQueue(const std::shared_ptr<XskFd>& xsk, uint32_t ifindex, uint32_t queue_id,
                    uint16_t flags);

 private:
  std::shared_ptr<Mapping> memory_;
  UmemLayout layout_;
  std::shared_ptr<XskFd> first_;
  std::vector<std::weak_ptr<XskFd>> bound_;
};

// bind(2) with XDP_SHARED_UMEM, which takes no other flag.
Failure BindShared(XskFd& xsk, uint32_t ifindex, uint32_t queue_id, const XskFd& owner);

}  // namespace fluxnet
