// A range of mapped memory with one owner count: unmapped by Unmap() or by the last owner.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <memory>

#include "result.h"

namespace fluxnet {

class Mapping {
 public:
  // mmap(2), shared and populated.
  static Result<std::shared_ptr<Mapping>> Map(int fd, size_t size, off_t offset);

  Mapping(void* address, size_t size) : address_(address), size_(size) {}
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  ~Mapping() { Unmap(); }

  void* address() const { return address_; }
  size_t size() const { return size_; }
  void Unmap();

 private:
  void* address_;
  size_t size_;
};

}  // namespace fluxnet
