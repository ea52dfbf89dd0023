#include "umem.h"

#include "args.h"
#include "memory.h"

namespace fluxnet {

Napi::Function Umem::Define(Napi::Env env) {
  return DefineClass(env, kName,
                     {InstanceMethod<&Umem::Token>("token"), InstanceMethod<&Umem::Offer>("offer"),
                      InstanceMethod<&Umem::Member>("member"), InstanceMethod<&Umem::Close>("close")});
}

Umem::Umem(const Napi::CallbackInfo& info) : ObjectWrap(info) {
  info.This().As<Napi::Object>().TypeTag(&kTypeTag);
  if (info.Length() == 1) {
    group_.Borrow(info);
  } else {
    Open(info);
  }
}

void Umem::Open(const Napi::CallbackInfo& info) {
  Memory* memory = WrappedArg<Memory>(info, 0, "memory");
  if (memory == nullptr) return;
  if (!memory->open()) return ThrowClosed(Env(), "memory");
  const auto chunk_size = IntegerArg(info, 1, "chunkSize", 0, UINT32_MAX);
  if (!chunk_size) return;
  const auto headroom = IntegerArg(info, 2, "headroom", 0, UINT32_MAX);
  if (!headroom) return;
  const auto flags = IntegerArg(info, 3, "flags", 0, UINT32_MAX);
  if (!flags) return;
  const auto tx_metadata = IntegerArg(info, 4, "txMetadataLength", 0, UINT32_MAX);
  if (!tx_metadata) return;

  const UmemLayout layout{
      .chunk_size = static_cast<uint32_t>(*chunk_size),
      .headroom = static_cast<uint32_t>(*headroom),
      .flags = static_cast<uint32_t>(*flags),
      .tx_metadata_length = static_cast<uint32_t>(*tx_metadata),
  };
  const auto& mapping = memory->shared()->mapping();
  const bool adopted = info[5].ToBoolean();
  Result<std::shared_ptr<UmemGroup>> group =
      adopted ? std::make_shared<UmemGroup>(mapping, layout) : UmemGroup::Open(mapping, layout);
  if (!group.ok()) return ThrowSystemError(Env(), group.error());
  if (!memory->shared()->Adopt(group.value())) return ThrowClosed(Env(), "memory");
  group_.Own(Env(), std::move(group.value()));
}

void Umem::Offer(const Napi::CallbackInfo& info) {
  const auto fd = IntegerArg(info, 0, "fd", 0, INT32_MAX);
  if (!fd) return;
  if (!open()) return ThrowClosed(info.Env(), "umem");
  auto xsk = XskFd::Adopt(static_cast<int>(*fd), true, info[1].ToBoolean());
  if (!xsk.ok()) return ThrowSystemError(info.Env(), xsk.error());
  group()->Offer(std::move(xsk.value()));
}

Napi::Value Umem::Member(const Napi::CallbackInfo& info) {
  const auto member = open() ? group()->Member() : nullptr;
  if (!member) return info.Env().Undefined();
  Napi::Object facts = Napi::Object::New(info.Env());
  facts.Set("fd", Napi::Number::New(info.Env(), member->fd.get()));
  facts.Set("bound", Napi::Boolean::New(info.Env(), member->bound));
  return facts;
}

}  // namespace fluxnet
