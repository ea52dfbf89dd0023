#include "ring_buffer.h"

namespace fluxnet {

bool RingBuffer::Open(Napi::Env env, const RingMapping& ring) {
  if (!ring.mapping) return true;
  offsets_ = ring.offsets;
  size_ = ring.size;
  buffer_ = ExternalBuffer(env, ring.mapping);
  return buffer_.open();
}

Napi::Value RingBuffer::ToJs(Napi::Env env) const {
  if (!buffer_.open()) return env.Undefined();
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
