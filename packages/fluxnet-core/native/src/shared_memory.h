// Frames' bytes: a memfd, mapped once in the process, sealed against resizing.
#pragma once

#include <memory>
#include <string>

#include "fd.h"
#include "mapping.h"
#include "result.h"
#include "shared_object.h"

namespace fluxnet {

// Keeps every offset a positive 32-bit integer.
inline constexpr int64_t kLargestMemory = int64_t{1} << 31;

class SharedMemory : public SharedObject {
 public:
  static constexpr SharedKind kKind = SharedKind::kMemory;
  static constexpr const char* kWhat = "memory";

  // memfd_create, ftruncate, fcntl(F_ADD_SEALS), mmap, mbind where node >= 0, madvise.
  static Result<std::shared_ptr<SharedMemory>> Open(size_t size, const std::string& pages,
                                                    int node);
  // Duplicates and maps a memfd of another process, which must be sealed: EPERM where it is not,
  // EINVAL where it is none.
  static Result<std::shared_ptr<SharedMemory>> FromProcess(int fd);
  SharedMemory(Fd fd, std::shared_ptr<Mapping> mapping)
      : SharedObject(kKind), fd_(std::move(fd)), mapping_(std::move(mapping)) {}

  // Only in the isolate that opened it, while it is open.
  const Fd& fd() const { return fd_; }
  const std::shared_ptr<Mapping>& mapping() const { return mapping_; }

 protected:
  void Release() override;

 private:
  Fd fd_;
  const std::shared_ptr<Mapping> mapping_;
};

}  // namespace fluxnet
