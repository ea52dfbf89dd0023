#include "mapping.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>

namespace fluxnet {

Result<std::shared_ptr<Mapping>> Mapping::Map(int fd, size_t size, off_t offset) {
  void* address =
      mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, offset);
  if (address == MAP_FAILED) return LastError("mmap");
  return std::make_shared<Mapping>(address, size);
}

Result<std::shared_ptr<Mapping>> Mapping::MapAligned(int fd, size_t size, size_t alignment) {
  // Address space for the worst case is reserved first, then the file takes its place in it.
  const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  const size_t mapped = (size + page - 1) & ~(page - 1);
  const size_t reserved = mapped + alignment;
  void* range =
      mmap(nullptr, reserved, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (range == MAP_FAILED) return LastError("mmap");
  const auto start = reinterpret_cast<uintptr_t>(range);
  const uintptr_t aligned = (start + alignment - 1) & ~(alignment - 1);
  void* address = mmap(reinterpret_cast<void*>(aligned), size, PROT_READ | PROT_WRITE,
                       MAP_SHARED | MAP_FIXED, fd, 0);
  if (address == MAP_FAILED) {
    const SysError error = LastError("mmap");
    munmap(range, reserved);
    return error;
  }
  if (aligned > start) munmap(range, aligned - start);
  const uintptr_t end = aligned + mapped;
  const uintptr_t reserved_end = start + reserved;
  if (reserved_end > end) munmap(reinterpret_cast<void*>(end), reserved_end - end);
  return std::make_shared<Mapping>(address, size);
}

Mapping::~Mapping() { munmap(address_, size_); }

void Mapping::Retire() {
  // Replaces the mapping in one step. If it cannot, under strict overcommit say, dropping the
  // pages is all that is left, and the range stays reserved by an inaccessible mapping.
  const int flags = MAP_FIXED | MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
  if (mmap(address_, size_, PROT_READ | PROT_WRITE, flags, -1, 0) == MAP_FAILED) {
    mmap(address_, size_, PROT_NONE, flags, -1, 0);
  }
  retired_ = true;
}

}  // namespace fluxnet
