// Frames' bytes: a memfd, mapped once, sealed against resizing.
#pragma once

#include <napi.h>

#include "external_buffer.h"
#include "fd.h"

namespace fluxnet {

class Memory : public Napi::ObjectWrap<Memory> {
 public:
  static constexpr napi_type_tag kTypeTag{0x666c75786e657400, 0x4d656d6f72790001};
  static constexpr const char* kName = "Memory";
  static Napi::Function Define(Napi::Env env);

  // new Memory(size, 'hugetlb1g' | 'hugetlb2m' | 'thp' | '4k', numaNode or -1): memfd_create,
  // ftruncate, fcntl(F_ADD_SEALS), mmap, mbind, madvise. What was obtained is for the caller to
  // read: `pageSize`, `transparentHugeBytes`, `numaNode`.
  explicit Memory(const Napi::CallbackInfo& info);

  bool open() const { return buffer_.open(); }
  const std::shared_ptr<Mapping>& mapping() const { return buffer_.mapping(); }

 private:
  // The constructor's work; on failure an exception is pending and nothing is held.
  void Open(const Napi::CallbackInfo& info);
  Napi::Value Buffer(const Napi::CallbackInfo& info);
  Napi::Value PageSize(const Napi::CallbackInfo& info);
  Napi::Value TransparentHugeBytes(const Napi::CallbackInfo& info);
  Napi::Value NumaNode(const Napi::CallbackInfo& info);
  void Close(const Napi::CallbackInfo& info);

  Fd fd_;
  ExternalBuffer buffer_;
};

}  // namespace fluxnet
