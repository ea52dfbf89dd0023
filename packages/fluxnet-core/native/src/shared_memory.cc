#include "shared_memory.h"

#include <fcntl.h>
#include <sys/mman.h>

#include <utility>

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

Result<std::shared_ptr<SharedMemory>> SharedMemory::Open(size_t size, const std::string& pages,
                                                         int node) {
  Fd fd(memfd_create("fluxnet", MemfdFlags(pages)));
  if (!fd.open()) return LastError("memfd_create");
  if (ftruncate(fd.get(), static_cast<off_t>(size)) != 0) return LastError("ftruncate");
  // A process that maps the memory must not be killed by another one that shrinks it.
  if (fcntl(fd.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0) {
    return LastError("fcntl(F_ADD_SEALS)");
  }
  auto mapping = MapPages(fd.get(), size, pages, node);
  if (!mapping.ok()) return mapping.error();
  return std::make_shared<SharedMemory>(std::move(fd), std::move(mapping.value()));
}

void SharedMemory::Release() {
  mapping_->Retire();
  fd_.Close();
}

}  // namespace fluxnet
