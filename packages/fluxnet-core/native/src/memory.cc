#include "memory.h"

#include <sys/stat.h>
#include <sys/vfs.h>

#include <string>

#include "args.h"
#include "backing.h"

namespace fluxnet {

Napi::Function Memory::Define(Napi::Env env) {
  return DefineClass(
      env, kName,
      {InstanceMethod<&Memory::Buffer>("buffer"), InstanceMethod<&Memory::PageSize>("pageSize"),
       InstanceMethod<&Memory::TransparentHugeBytes>("transparentHugeBytes"),
       InstanceMethod<&Memory::NumaNode>("numaNode"), InstanceMethod<&Memory::Token>("token"),
       InstanceMethod<&Memory::FdNumber>("fd"), InstanceMethod<&Memory::Identity>("identity"),
       InstanceMethod<&Memory::Close>("close")});
}

Memory::Memory(const Napi::CallbackInfo& info) : ObjectWrap(info) {
  info.This().As<Napi::Object>().TypeTag(&kTypeTag);
  if (info.Length() == 1) {
    memory_.Borrow(info);
  } else if (info[0].IsUndefined()) {
    Adopt(info);
  } else {
    Open(info);
  }
  if (memory_.get()) buffer_ = ExternalBuffer(Env(), memory_->mapping());
}

void Memory::Open(const Napi::CallbackInfo& info) {
  const auto size = IntegerArg(info, 0, "size", 1, kLargestMemory);
  if (!size) return;
  const auto pages = StringArg(info, 1, "pages");
  if (!pages) return;
  const auto node = IntegerArg(info, 2, "numaNode", -1, 1023);
  if (!node) return;
  auto memory =
      SharedMemory::Open(static_cast<size_t>(*size), *pages, static_cast<int>(*node));
  if (!memory.ok()) return ThrowSystemError(Env(), memory.error());
  memory_.Own(Env(), std::move(memory.value()));
}

void Memory::Adopt(const Napi::CallbackInfo& info) {
  const auto fd = IntegerArg(info, 1, "fd", 0, INT32_MAX);
  if (!fd) return;
  auto memory = SharedMemory::FromProcess(static_cast<int>(*fd));
  if (!memory.ok()) return ThrowSystemError(Env(), memory.error());
  memory_.Own(Env(), std::move(memory.value()));
}

Napi::Value Memory::FdNumber(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), open() ? memory_->fd().get() : -1);
}

Napi::Value Memory::Identity(const Napi::CallbackInfo& info) {
  struct stat facts {};
  if (!open() || fstat(memory_->fd().get(), &facts) != 0) return info.Env().Undefined();
  return Napi::String::New(info.Env(),
                           std::to_string(facts.st_dev) + ":" + std::to_string(facts.st_ino));
}

// Bytes per page as the file system says, which is the proof that huge pages were obtained.
Napi::Value Memory::PageSize(const Napi::CallbackInfo& info) {
  struct statfs facts {};
  if (!open() || fstatfs(memory_->fd().get(), &facts) != 0) return info.Env().Undefined();
  return Napi::Number::New(info.Env(), static_cast<double>(facts.f_bsize));
}

Napi::Value Memory::TransparentHugeBytes(const Napi::CallbackInfo& info) {
  if (!open()) return info.Env().Undefined();
  const auto bytes = static_cast<double>(fluxnet::TransparentHugeBytes(*memory_->mapping()));
  return Napi::Number::New(info.Env(), bytes);
}

Napi::Value Memory::NumaNode(const Napi::CallbackInfo& info) {
  const auto node = open() ? NodeOf(*memory_->mapping()) : std::nullopt;
  return node ? Napi::Number::New(info.Env(), *node) : info.Env().Undefined();
}

void Memory::Close(const Napi::CallbackInfo& info) {
  buffer_.Close(info.Env());
  memory_.Close();
}

}  // namespace fluxnet
