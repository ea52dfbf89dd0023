// One isolate's view of a memory.
#pragma once

#include <napi.h>

#include "external_buffer.h"
#include "hold.h"
#include "shared_memory.h"

namespace fluxnet {

class Memory : public Napi::ObjectWrap<Memory> {
 public:
  static constexpr napi_type_tag kTypeTag{0x666c75786e657400, 0x4d656d6f72790001};
  static constexpr const char* kName = "Memory";
  static Napi::Function Define(Napi::Env env);

  // new Memory(size, 'hugetlb1g' | 'hugetlb2m' | 'thp' | '4k', numaNode or -1): opens. What was
  // obtained is for the caller to read: `pageSize`, `transparentHugeBytes`, `numaNode`.
  // new Memory(token): imports. new Memory(undefined, fd): another process's.
  explicit Memory(const Napi::CallbackInfo& info);

  bool open() const { return memory_.open(); }
  const std::shared_ptr<SharedMemory>& shared() const { return memory_.get(); }

 private:
  // The constructor's work; on failure an exception is pending and nothing is held.
  void Open(const Napi::CallbackInfo& info);
  void Adopt(const Napi::CallbackInfo& info);
  // fd() -> owned by the memory; identity() -> tells files of this system apart. Only in the
  // isolate that opened it.
  Napi::Value FdNumber(const Napi::CallbackInfo& info);
  Napi::Value Identity(const Napi::CallbackInfo& info);
  Napi::Value Buffer(const Napi::CallbackInfo& info) { return buffer_.value(info.Env()); }
  Napi::Value PageSize(const Napi::CallbackInfo& info);
  Napi::Value TransparentHugeBytes(const Napi::CallbackInfo& info);
  Napi::Value NumaNode(const Napi::CallbackInfo& info);
  Napi::Value Token(const Napi::CallbackInfo& info) { return memory_.Token(info.Env()); }
  void Close(const Napi::CallbackInfo& info);

  Hold<SharedMemory> memory_;
  ExternalBuffer buffer_;
};

}  // namespace fluxnet
