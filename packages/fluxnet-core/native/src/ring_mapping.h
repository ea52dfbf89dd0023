// One of a socket's four rings, created and mapped.
#pragma once

#include <cstdint>
#include <memory>

#include "mapping.h"
#include "result.h"
#include "xsk_fd.h"

namespace fluxnet {

// The kernel takes up to 2^30 entries and charges them to nobody, so the line is drawn here.
inline constexpr int64_t kMaxRingSize = 1 << 16;

enum class RingKind { kRx, kTx, kFill, kCompletion };

struct RingMapping {
  std::shared_ptr<Mapping> mapping;  // Null where the socket has no such ring.
  xdp_ring_offset offsets{};
  uint32_t size = 0;

  // setsockopt(XDP_*_RING), getsockopt(XDP_MMAP_OFFSETS), mmap.
  static Result<RingMapping> Open(const XskFd& xsk, RingKind kind, uint32_t size);
  // Maps one that the socket has already. The kernel refuses a size beyond its own.
  static Result<RingMapping> Adopt(const XskFd& xsk, RingKind kind, uint32_t size);

  void Retire() const {
    if (mapping) mapping->Retire();
  }
};

}  // namespace fluxnet
