#include "mapping.h"

#include <sys/mman.h>

namespace fluxnet {

Result<std::shared_ptr<Mapping>> Mapping::Map(int fd, size_t size, off_t offset) {
  void* address =
      mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, offset);
  if (address == MAP_FAILED) return LastError("mmap");
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
}

}  // namespace fluxnet
