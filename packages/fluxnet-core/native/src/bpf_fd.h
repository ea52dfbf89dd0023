// Descriptors of BPF programs and maps, whoever made them.
#pragma once

#include <linux/bpf.h>
#include <napi.h>

#include "fd.h"
#include "result.h"

namespace fluxnet {

enum class BpfKind { kOther, kProgram, kMap };

// What a descriptor is. The kernel's own query answers for programs, maps and links alike without
// saying which it was, so the name of the inode in /proc decides.
Result<BpfKind> KindOf(int fd);

// A duplicate, close-on-exec, of a descriptor that must be an XDP program, or a map of one type;
// EINVAL where it is something else. The caller's stays his.
Result<Fd> DuplicateXdpProgram(int fd);
Result<Fd> DuplicateMap(int fd, bpf_map_type type, bpf_map_info* facts);
// Of a map of any type.
Result<Fd> DuplicateMap(int fd, bpf_map_info* facts);

// bpfFacts(fd) -> { kind: 'program', xdp, mapIds } | { kind: 'map', xskmap, maxEntries }
//               | { kind: 'other' }
Napi::Value BpfFacts(const Napi::CallbackInfo& info);
// openPinned(path) -> fd of the caller: BPF_OBJ_GET
Napi::Value OpenPinned(const Napi::CallbackInfo& info);
// openMap(id) -> fd of the caller: BPF_MAP_GET_FD_BY_ID, needs CAP_SYS_ADMIN
Napi::Value OpenMap(const Napi::CallbackInfo& info);

}  // namespace fluxnet
