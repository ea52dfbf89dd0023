// Memory registered with the kernel.
#pragma once

#include <napi.h>

#include <memory>

#include "xsk_fd.h"

namespace fluxnet {

class Umem : public Napi::ObjectWrap<Umem> {
 public:
  static constexpr napi_type_tag kTypeTag{0x666c75786e657400, 0x556d656d00000001};
  static constexpr const char* kName = "Umem";
  static Napi::Function Define(Napi::Env env);

  // new Umem(memory, chunkSize, headroom, flags, txMetadataLength): socket(AF_XDP),
  // setsockopt(XDP_UMEM_REG).
  explicit Umem(const Napi::CallbackInfo& info);

  const std::shared_ptr<UmemGroup>& group() const { return group_; }

 private:
  // The constructor's work; on failure an exception is pending and nothing is held.
  void Open(const Napi::CallbackInfo& info);
  void Close(const Napi::CallbackInfo& info);

  std::shared_ptr<UmemGroup> group_;
};

}  // namespace fluxnet
