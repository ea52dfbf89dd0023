// One of a socket's four rings, created and mapped.
#pragma once

#include <napi.h>

#include <cstdint>

#include "external_buffer.h"
#include "xsk_fd.h"

namespace fluxnet {

// The kernel takes up to 2^30 entries and charges them to nobody, so the line is drawn here.
inline constexpr int64_t kMaxRingSize = 1 << 16;

enum class RingKind { kRx, kTx, kFill, kCompletion };

class RingMapping {
 public:
  // setsockopt(XDP_*_RING), getsockopt(XDP_MMAP_OFFSETS), mmap. On failure an exception is pending
  // and the object is not open.
  bool Open(Napi::Env env, const XskFd& xsk, RingKind kind, uint32_t size);
  bool open() const { return buffer_.open(); }
  // `{buffer, producerOffset, …}` as in the contract's RingRegion, or undefined.
  Napi::Value ToJs(Napi::Env env) const;
  void Close(Napi::Env env) { buffer_.Close(env); }

 private:
  xdp_ring_offset offsets_{};
  uint32_t size_ = 0;
  ExternalBuffer buffer_;
};

}  // namespace fluxnet
