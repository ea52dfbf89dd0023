// One isolate's hold on registered memory.
#pragma once

#include <napi.h>

#include <memory>

#include "hold.h"
#include "umem_group.h"

namespace fluxnet {

class Umem : public Napi::ObjectWrap<Umem> {
 public:
  static constexpr napi_type_tag kTypeTag{0x666c75786e657400, 0x556d656d00000001};
  static constexpr const char* kName = "Umem";
  static Napi::Function Define(Napi::Env env);

  // new Umem(memory, chunkSize, headroom, flags, txMetadataLength, adopted): opens; adopted means
  // that another process has registered the memory.
  // new Umem(token): imports.
  explicit Umem(const Napi::CallbackInfo& info);

  bool open() const { return group_.open(); }
  const std::shared_ptr<UmemGroup>& group() const { return group_.get(); }

 private:
  // The constructor's work; on failure an exception is pending and nothing is held.
  void Open(const Napi::CallbackInfo& info);
  // offer(fd, bound): a socket of the registration, of another process
  void Offer(const Napi::CallbackInfo& info);
  // member() -> { fd, bound } of a socket that another process can use the registration by
  Napi::Value Member(const Napi::CallbackInfo& info);
  Napi::Value Token(const Napi::CallbackInfo& info) { return group_.Token(info.Env()); }
  void Close(const Napi::CallbackInfo&) { group_.Close(); }

  Hold<UmemGroup> group_;
};

}  // namespace fluxnet
