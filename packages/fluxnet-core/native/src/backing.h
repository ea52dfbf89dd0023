// The physical pages behind a mapping: asked for before they are touched, counted afterwards.
#pragma once

#include <cstddef>
#include <optional>

#include "mapping.h"
#include "result.h"

namespace fluxnet {

// mbind(2) with MPOL_PREFERRED. A failure is not an error: NodeOf says what was obtained. A strict
// policy would have the kernel kill processes when the node is full.
void PreferNode(const Mapping& mapping, int node);

// madvise(2) with MADV_HUGEPAGE and MADV_COLLAPSE (Linux 6.1), which also makes huge pages where
// `shmem_enabled` gives none by itself. Advice may be refused: TransparentHugeBytes says what came
// of it.
void AdviseHugePages(const Mapping& mapping);

// madvise(MADV_POPULATE_WRITE), Linux 5.14: where memory runs out it is an errno, not a signal.
Failure Populate(const Mapping& mapping);

// Bytes on transparent huge pages (`ShmemPmdMapped` in /proc/self/smaps).
size_t TransparentHugeBytes(const Mapping& mapping);

// The node that all sampled pages lie on (move_pages(2)); nothing when they lie on several, or
// when the kernel does not say.
std::optional<int> NodeOf(const Mapping& mapping);

}  // namespace fluxnet
