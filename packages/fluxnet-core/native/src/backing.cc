#include "backing.h"

#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cinttypes>
#include <climits>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <string>

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif
#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif

namespace fluxnet {
namespace {

// include/uapi/linux/mempolicy.h; the C library has no wrappers, libnuma has.
constexpr int kPreferred = 1;
constexpr size_t kMaxNodes = 1024;
constexpr size_t kSamples = 256;
constexpr size_t kPage = size_t{1} << 12;
constexpr size_t kHugePage = size_t{1} << 21;

}  // namespace

void PreferNode(const Mapping& mapping, int node) {
  constexpr size_t kBits = sizeof(unsigned long) * CHAR_BIT;
  std::array<unsigned long, kMaxNodes / kBits> mask{};
  mask.at(static_cast<size_t>(node) / kBits) = 1UL << (static_cast<size_t>(node) % kBits);
  // The kernel reads one bit less than it is told (get_nodes, mm/mempolicy.c).
  syscall(SYS_mbind, mapping.address(), mapping.size(), kPreferred, mask.data(), kMaxNodes + 1, 0);
}

void AdviseHugePages(const Mapping& mapping) {
  auto* begin = static_cast<char*>(mapping.address());
  madvise(begin, mapping.size(), MADV_HUGEPAGE);
  // A range without any page is not collapsed; one page of each is enough.
  for (size_t at = 0; at < mapping.size(); at += kHugePage) {
    madvise(begin + at, kPage, MADV_POPULATE_WRITE);
  }
  madvise(begin, mapping.size(), MADV_COLLAPSE);
}

Failure Populate(const Mapping& mapping) {
  while (madvise(mapping.address(), mapping.size(), MADV_POPULATE_WRITE) != 0) {
    if (errno != EINTR && errno != EAGAIN) return LastError("madvise(MADV_POPULATE_WRITE)");
  }
  return std::nullopt;
}

size_t TransparentHugeBytes(const Mapping& mapping) {
  const auto begin = reinterpret_cast<uintptr_t>(mapping.address());
  const uintptr_t end = begin + mapping.size();
  std::ifstream smaps("/proc/self/smaps");
  size_t huge_bytes = 0;
  bool inside = false;
  for (std::string line; std::getline(smaps, line);) {
    uintptr_t first = 0;
    uintptr_t last = 0;
    size_t kib = 0;
    if (std::sscanf(line.c_str(), "%" SCNxPTR "-%" SCNxPTR " ", &first, &last) == 2) {
      inside = first >= begin && last <= end;
    } else if (inside && std::sscanf(line.c_str(), "ShmemPmdMapped: %zu kB", &kib) == 1) {
      huge_bytes += kib * 1024;
    }
  }
  return huge_bytes;
}

std::optional<int> NodeOf(const Mapping& mapping) {
  const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  const size_t pages = mapping.size() / page;
  const size_t count = std::min(pages, kSamples);
  std::array<void*, kSamples> addresses{};
  std::array<int, kSamples> nodes{};
  for (size_t i = 0; i < count; i++) {
    const size_t sampled = count == 1 ? 0 : i * (pages - 1) / (count - 1);
    addresses.at(i) = static_cast<char*>(mapping.address()) + sampled * page;
  }
  if (syscall(SYS_move_pages, 0, count, addresses.data(), nullptr, nodes.data(), 0) != 0) {
    return std::nullopt;
  }
  const bool same = std::all_of(nodes.begin(), nodes.begin() + static_cast<ptrdiff_t>(count),
                                [&](int node) { return node >= 0 && node == nodes.front(); });
  return same ? std::optional<int>(nodes.front()) : std::nullopt;
}

}  // namespace fluxnet
