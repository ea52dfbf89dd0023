#include "shared_memory.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include <algorithm>
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

constexpr int kSeals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;

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
  if (fcntl(fd.get(), F_ADD_SEALS, kSeals) != 0) {
    return LastError("fcntl(F_ADD_SEALS)");
  }
  auto mapping = MapPages(fd.get(), size, pages, node);
  if (!mapping.ok()) return mapping.error();
  return std::make_shared<SharedMemory>(std::move(fd), std::move(mapping.value()));
}

Result<std::shared_ptr<SharedMemory>> SharedMemory::FromProcess(int number) {
  Fd fd(fcntl(number, F_DUPFD_CLOEXEC, 0));
  if (!fd.open()) return LastError("fcntl(F_DUPFD_CLOEXEC)");
  // Only files in memory have seals. Seals against writing would make the mapping fail.
  const int seals = fcntl(fd.get(), F_GET_SEALS);
  if (seals < 0) return LastError("fcntl(F_GET_SEALS)");
  if ((seals & kSeals) != kSeals || (seals & (F_SEAL_WRITE | F_SEAL_FUTURE_WRITE)) != 0) {
    return SysError{EPERM, "fcntl(F_GET_SEALS)", {}};
  }
  struct stat facts {};
  struct statfs system {};
  if (fstat(fd.get(), &facts) != 0) return LastError("fstat");
  if (fstatfs(fd.get(), &system) != 0) return LastError("fstatfs");
  // Whole pages, at most what keeps every offset a positive 32-bit integer.
  if (facts.st_size < 1 || facts.st_size > kLargestMemory || facts.st_size % system.f_bsize != 0) {
    return SysError{EINVAL, "fstat", {}};
  }
  // So that huge pages are mapped as such.
  const size_t alignment = std::max<size_t>(static_cast<size_t>(system.f_bsize), size_t{1} << 21);
  auto mapping = Mapping::MapAligned(fd.get(), static_cast<size_t>(facts.st_size), alignment);
  if (!mapping.ok()) return mapping.error();
  if (Failure failure = Populate(*mapping.value())) return *failure;
  return std::make_shared<SharedMemory>(std::move(fd), std::move(mapping.value()));
}

void SharedMemory::Release() {
  mapping_->Retire();
  fd_.Close();
}

}  // namespace fluxnet
