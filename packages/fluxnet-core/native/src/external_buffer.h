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

  // SAFETY: the buffer is detached first, so that no view reaches the memory any more. The address
  // range is kept until the environment ends (see Mapping::Retire). A buffer that JavaScript has
  // detached itself (`buffer.transfer()`) lives on in another one: its memory stays as it is
  // until that one is collected.
  void Close(Napi::Env env);

 private:
  std::shared_ptr<Mapping> mapping_;
  Napi::Reference<Napi::ArrayBuffer> buffer_;
};

}  // namespace fluxnet
