#include "ring_mapping.h"

#include <sys/socket.h>

#include <utility>

namespace fluxnet {
namespace {

struct KindFacts {
  int option;
  const char* call;
  off_t page_offset;
  size_t entry_size;
  xdp_ring_offset xdp_mmap_offsets::*offsets;
};

KindFacts FactsOf(RingKind kind) {
  switch (kind) {
    case RingKind::kRx:
      return {XDP_RX_RING, "setsockopt(XDP_RX_RING)", XDP_PGOFF_RX_RING, sizeof(xdp_desc),
              &xdp_mmap_offsets::rx};
    case RingKind::kTx:
      return {XDP_TX_RING, "setsockopt(XDP_TX_RING)", static_cast<off_t>(XDP_PGOFF_TX_RING),
              sizeof(xdp_desc), &xdp_mmap_offsets::tx};
    case RingKind::kFill:
      return {XDP_UMEM_FILL_RING, "setsockopt(XDP_UMEM_FILL_RING)",
              static_cast<off_t>(XDP_UMEM_PGOFF_FILL_RING), sizeof(uint64_t),
              &xdp_mmap_offsets::fr};
    case RingKind::kCompletion:
      break;
  }
  return {XDP_UMEM_COMPLETION_RING, "setsockopt(XDP_UMEM_COMPLETION_RING)",
          static_cast<off_t>(XDP_UMEM_PGOFF_COMPLETION_RING), sizeof(uint64_t),
          &xdp_mmap_offsets::cr};
}

}  // namespace

Result<RingMapping> RingMapping::Open(const XskFd& xsk, RingKind kind, uint32_t size) {
  const KindFacts facts = FactsOf(kind);
  if (setsockopt(xsk.fd.get(), SOL_XDP, facts.option, &size, sizeof(size)) != 0) {
    return LastError(facts.call);
  }
  return Adopt(xsk, kind, size);
}

Result<RingMapping> RingMapping::Adopt(const XskFd& xsk, RingKind kind, uint32_t size) {
  const KindFacts facts = FactsOf(kind);
  const int fd = xsk.fd.get();
  xdp_mmap_offsets offsets{};
  socklen_t length = sizeof(offsets);
  if (getsockopt(fd, SOL_XDP, XDP_MMAP_OFFSETS, &offsets, &length) != 0) {
    return LastError("getsockopt(XDP_MMAP_OFFSETS)");
  }
  const xdp_ring_offset& ring = offsets.*facts.offsets;
  auto mapping = Mapping::Map(fd, ring.desc + static_cast<size_t>(size) * facts.entry_size,
                              facts.page_offset);
  if (!mapping.ok()) return mapping.error();
  return RingMapping{std::move(mapping.value()), ring, size};
}

}  // namespace fluxnet
