#include "mapping.h"

#include <sys/mman.h>

#include <utility>

namespace fluxnet {

Result<std::shared_ptr<Mapping>> Mapping::Map(int fd, size_t size, off_t offset) {
  void* address =
      mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, offset);
  if (address == MAP_FAILED) return LastError("mmap");
  return std::make_shared<Mapping>(address, size);
}

void Mapping::Unmap() {
  if (address_ != nullptr) munmap(std::exchange(address_, nullptr), size_);
}

}  // namespace fluxnet
