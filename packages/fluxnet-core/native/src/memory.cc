#include "memory.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/vfs.h>

#include <string>

#include "args.h"

#ifndef MFD_HUGE_2MB
#define MFD_HUGE_2MB (21U << 26)
#endif

namespace fluxnet {

Napi::Function Memory::Define(Napi::Env env) {
  return DefineClass(
      env, kName,
      {InstanceMethod<&Memory::Buffer>("buffer"), InstanceMethod<&Memory::PageSize>("pageSize"),
       InstanceMethod<&Memory::Close>("close")});
}

Memory::Memory(const Napi::CallbackInfo& info) : ObjectWrap(info) {
  info.This().As<Napi::Object>().TypeTag(&kTypeTag);
  Open(info);
}

void Memory::Open(const Napi::CallbackInfo& info) {
  // 2 GiB keeps every offset a positive 32-bit integer.
  const auto size = IntegerArg(info, 0, "size", 1, int64_t{1} << 31);
  if (!size) return;
  const auto pages = StringArg(info, 1, "pages");
  if (!pages) return;

  unsigned flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
  if (*pages == "hugetlb2m") flags |= MFD_HUGETLB | MFD_HUGE_2MB;
  fd_ = Fd(memfd_create("fluxnet", flags));
  if (!fd_.open()) return ThrowSystemError(Env(), LastError("memfd_create"));
  if (ftruncate(fd_.get(), *size) != 0) {
    return ThrowSystemError(Env(), LastError("ftruncate"));
  }
  // A process that maps the memory must not be killed by another one that shrinks it.
  if (fcntl(fd_.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0) {
    return ThrowSystemError(Env(), LastError("fcntl(F_ADD_SEALS)"));
  }
  auto mapping = Mapping::Map(fd_.get(), static_cast<size_t>(*size), 0);
  if (!mapping.ok()) return ThrowSystemError(Env(), mapping.error());
  buffer_ = ExternalBuffer(Env(), std::move(mapping.value()));
}

Napi::Value Memory::Buffer(const Napi::CallbackInfo& info) { return buffer_.value(info.Env()); }

// Bytes per page as the file system says, which is the proof that huge pages were obtained.
Napi::Value Memory::PageSize(const Napi::CallbackInfo& info) {
  struct statfs facts {};
  if (!fd_.open() || fstatfs(fd_.get(), &facts) != 0) return info.Env().Undefined();
  return Napi::Number::New(info.Env(), static_cast<double>(facts.f_bsize));
}

void Memory::Close(const Napi::CallbackInfo& info) {
  buffer_.Close(info.Env());
  fd_.Close();
}

}  // namespace fluxnet
