// What the kernel calls a BPF program.
#pragma once

#include <napi.h>

namespace fluxnet {

// programName(id) -> string, or undefined where there is no such program or it may not be read:
// bpf(BPF_PROG_GET_FD_BY_ID) needs CAP_SYS_ADMIN.
Napi::Value ProgramName(const Napi::CallbackInfo& info);

}  // namespace fluxnet
