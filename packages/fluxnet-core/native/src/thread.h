// What the calling thread may do, where it runs and what it is called.
#pragma once

#include <napi.h>

namespace fluxnet {

// pinThread(cpu) -> 0, or a negative errno: sched_setaffinity(2)
Napi::Value PinThread(const Napi::CallbackInfo& info);
// allowedCpus() -> number[]: sched_getaffinity(2)
Napi::Value AllowedCpus(const Napi::CallbackInfo& info);
// setThreadName(name): prctl(PR_SET_NAME)
void SetThreadName(const Napi::CallbackInfo& info);
// setNoNewPrivileges(): prctl(PR_SET_NO_NEW_PRIVS)
void SetNoNewPrivileges(const Napi::CallbackInfo& info);
// dropCapabilities() -> was the bounding set emptied too? prctl(PR_CAPBSET_DROP), which needs
// CAP_SETPCAP, prctl(PR_CAP_AMBIENT_CLEAR_ALL), capset(2)
Napi::Value DropCapabilities(const Napi::CallbackInfo& info);
// threadId() -> gettid(2)
Napi::Value ThreadId(const Napi::CallbackInfo& info);

}  // namespace fluxnet
