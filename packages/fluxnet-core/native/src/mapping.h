// A range of mapped memory with one owner count: the last owner unmaps it.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstddef>
#include <memory>

#include "result.h"

namespace fluxnet {

class Mapping {
 public:
  // mmap(2), shared and populated.
  static Result<std::shared_ptr<Mapping>> Map(int fd, size_t size, off_t offset);
  // mmap(2), shared, at a multiple of `alignment` (a power of two); no page is touched yet.
  static Result<std::shared_ptr<Mapping>> MapAligned(int fd, size_t size, size_t alignment);

  Mapping(void* address, size_t size) : address_(address), size_(size) {}
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  ~Mapping();

  void* address() const { return address_; }
  size_t size() const { return size_; }

  // Gives the pages back but keeps the address range, which reads as zeros from now on: another
  // isolate may be at it this moment, and native code that was handed a pointer (a thread pool job
  // of Node, say) may still use it. For rings this is also what releases the queue, which lives as
  // long as one of its ring mappings.
  void Retire();
  bool retired() const { return retired_; }

 private:
  void* address_;
  size_t size_;
  std::atomic<bool> retired_ = false;
};

}  // namespace fluxnet
