// The one ArrayBuffer that an isolate has over a mapping.
#pragma once

#include <napi.h>

#include <memory>

#include "mapping.h"

namespace fluxnet {

class ExternalBuffer {
 public:
  ExternalBuffer() = default;
  // Leaves a pending exception and an empty object where the runtime refuses external buffers.
  ExternalBuffer(Napi::Env env, std::shared_ptr<Mapping> mapping);

  bool open() const { return mapping_ != nullptr; }
  Napi::Value value(Napi::Env env) const;
  const std::shared_ptr<Mapping>& mapping() const { return mapping_; }

  // Detaches the buffer, so that no view of this isolate reaches the memory any more. The address
  // range is kept until the buffer and its views have been collected (see Mapping::Retire). What
  // JavaScript has moved into another buffer (`buffer.transfer()`) keeps its share of the mapping,
  // which reads as zeros from when the object is closed.
  void Close(Napi::Env env);

 private:
  std::shared_ptr<Mapping> mapping_;
  Napi::Reference<Napi::ArrayBuffer> buffer_;
};

}  // namespace fluxnet
