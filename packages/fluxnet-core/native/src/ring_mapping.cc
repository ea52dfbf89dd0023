#include "ring_mapping.h"

#include <sys/socket.h>

#include "args.h"

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

bool RingMapping::Open(Napi::Env env, const XskFd& xsk, RingKind kind, uint32_t size) {
  const KindFacts facts = FactsOf(kind);
  const int fd = xsk.fd.get();
  if (setsockopt(fd, SOL_XDP, facts.option, &size, sizeof(size)) != 0) {
    ThrowSystemError(env, LastError(facts.call));
    return false;
  }
  xdp_mmap_offsets offsets{};
  socklen_t length = sizeof(offsets);
  if (getsockopt(fd, SOL_XDP, XDP_MMAP_OFFSETS, &offsets, &length) != 0) {
    ThrowSystemError(env, LastError("getsockopt(XDP_MMAP_OFFSETS)"));
    return false;
  }
  offsets_ = offsets.*facts.offsets;
  size_ = size;
  auto mapping = Mapping::Map(fd, offsets_.desc + static_cast<size_t>(size) * facts.entry_size,
                              facts.page_offset);
  if (!mapping.ok()) {
    ThrowSystemError(env, mapping.error());
    return false;
  }
  buffer_ = ExternalBuffer(env, std::move(mapping.value()));
  return buffer_.open();
}

Napi::Value RingMapping::ToJs(Napi::Env env) const {
  if (!open()) return env.Undefined();
  Napi::Object region = Napi::Object::New(env);
  region.Set("buffer", buffer_.value(env));
  region.Set("producerOffset", Napi::Number::New(env, static_cast<double>(offsets_.producer)));
  region.Set("consumerOffset", Napi::Number::New(env, static_cast<double>(offsets_.consumer)));
  region.Set("flagsOffset", Napi::Number::New(env, static_cast<double>(offsets_.flags)));
  region.Set("descriptorOffset", Napi::Number::New(env, static_cast<double>(offsets_.desc)));
  region.Set("size", Napi::Number::New(env, size_));
  return region;
}

}  // namespace fluxnet
