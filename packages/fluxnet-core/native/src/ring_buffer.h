// One isolate's view of a ring.
#pragma once

#include <napi.h>

#include "external_buffer.h"
#include "ring_mapping.h"

namespace fluxnet {

class RingBuffer {
 public:
  // On failure an exception is pending.
  bool Open(Napi::Env env, const RingMapping& ring);
  // `{buffer, producerOffset, …}` as in the contract's RingRegion, or undefined.
  Napi::Value ToJs(Napi::Env env) const;
  void Close(Napi::Env env) { buffer_.Close(env); }

 private:
  xdp_ring_offset offsets_{};
  uint32_t size_ = 0;
  ExternalBuffer buffer_;
};

}  // namespace fluxnet
