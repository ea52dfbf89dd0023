#include "memory.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/vfs.h>

#include <string>

#include "args.h"
#include "backing.h"

#ifndef MFD_HUGE_2MB
#define MFD_HUGE_2MB (21U << 26)
#endif
#ifndef MFD_HUGE_1GB
#define MFD_HUGE_1GB (30U << 26)
#endif

namespace fluxnet {
namespace {

// Huge pages need an address that is a multiple of their size.
size_t AlignmentOf(const std::string& pages) {
  if (pages == "hugetlb1g") return size_t{1} << 30;
  if (pages == "hugetlb2m" || pages == "thp") return size_t{1} << 21;
  return size_t{1} << 12;
}

unsigned MemfdFlags(const std::string& pages) {
  constexpr unsigned kFlags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
  if (pages == "hugetlb2m") return kFlags | MFD_HUGETLB | MFD_HUGE_2MB;
  if (pages == "hugetlb1g") return kFlags | MFD_HUGETLB | MFD_HUGE_1GB;
  return kFlags;
}

Result<std::shared_ptr<Mapping>> MapPages(int fd, size_t size, const std::string& pages, int node) {
  auto mapping = Mapping::MapAligned(fd, size, AlignmentOf(pages));
  if (!mapping.ok()) return mapping;
  const Mapping& range = *mapping.value();
  if (node >= 0) PreferNode(range, node);
  if (pages == "thp") AdviseHugePages(range);
  if (Failure failure = Populate(range)) return *failure;
  return mapping;
}

}  // namespace

Napi::Function Memory::Define(Napi::Env env) {
  return DefineClass(
      env, kName,
      {InstanceMethod<&Memory::Buffer>("buffer"), InstanceMethod<&Memory::PageSize>("pageSize"),
       InstanceMethod<&Memory::TransparentHugeBytes>("transparentHugeBytes"),
       InstanceMethod<&Memory::NumaNode>("numaNode"), InstanceMethod<&Memory::Close>("close")});
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
  const auto node = IntegerArg(info, 2, "numaNode", -1, 1023);
  if (!node) return;

  fd_ = Fd(memfd_create("fluxnet", MemfdFlags(*pages)));
  if (!fd_.open()) return ThrowSystemError(Env(), LastError("memfd_create"));
  if (ftruncate(fd_.get(), *size) != 0) {
    return ThrowSystemError(Env(), LastError("ftruncate"));
  }
  // A process that maps the memory must not be killed by another one that shrinks it.
  if (fcntl(fd_.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0) {
    return ThrowSystemError(Env(), LastError("fcntl(F_ADD_SEALS)"));
  }
  auto mapping = MapPages(fd_.get(), static_cast<size_t>(*size), *pages, static_cast<int>(*node));
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

Napi::Value Memory::TransparentHugeBytes(const Napi::CallbackInfo& info) {
  if (!open()) return info.Env().Undefined();
  const auto bytes = static_cast<double>(fluxnet::TransparentHugeBytes(*mapping()));
  return Napi::Number::New(info.Env(), bytes);
}

Napi::Value Memory::NumaNode(const Napi::CallbackInfo& info) {
  const auto node = open() ? NodeOf(*mapping()) : std::nullopt;
  return node ? Napi::Number::New(info.Env(), *node) : info.Env().Undefined();
}

void Memory::Close(const Napi::CallbackInfo& info) {
  buffer_.Close(info.Env());
  fd_.Close();
}

}  // namespace fluxnet
