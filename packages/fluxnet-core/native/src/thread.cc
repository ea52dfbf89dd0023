#include "thread.h"

#include <linux/capability.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "args.h"

namespace fluxnet {
namespace {

// The kernel writes one bit per possible CPU and refuses a smaller mask; this is the largest
// NR_CPUS that kernels are built with.
constexpr int kMostCpus = 8192;

}  // namespace

Napi::Value PinThread(const Napi::CallbackInfo& info) {
  const auto cpu = IntegerArg(info, 0, "cpu", 0, kMostCpus - 1);
  if (!cpu) return info.Env().Undefined();
  std::vector<unsigned char> mask(kMostCpus / 8);
  mask[static_cast<size_t>(*cpu) / 8] = static_cast<unsigned char>(1U << (*cpu % 8));
  // The system call, since the C library's type ends at 1024 CPUs. 0 is the calling thread.
  const long result = syscall(SYS_sched_setaffinity, 0, mask.size(), mask.data());
  return Napi::Number::New(info.Env(), result < 0 ? -errno : 0);
}

Napi::Value AllowedCpus(const Napi::CallbackInfo& info) {
  std::vector<unsigned char> mask(kMostCpus / 8);
  Napi::Array cpus = Napi::Array::New(info.Env());
  const long size = syscall(SYS_sched_getaffinity, 0, mask.size(), mask.data());
  if (size < 0) {
    ThrowSystemError(info.Env(), LastError("sched_getaffinity"));
    return cpus;
  }
  for (uint32_t cpu = 0; cpu < static_cast<uint32_t>(size) * 8; ++cpu) {
    if ((mask[cpu / 8] >> (cpu % 8) & 1U) == 0) continue;
    cpus.Set(cpus.Length(), Napi::Number::New(info.Env(), cpu));
  }
  return cpus;
}

void SetThreadName(const Napi::CallbackInfo& info) {
  const auto name = StringArg(info, 0, "name");
  if (!name) return;
  if (prctl(PR_SET_NAME, name->c_str(), 0, 0, 0) != 0) {
    ThrowSystemError(info.Env(), LastError("prctl(PR_SET_NAME)"));
  }
}

void SetNoNewPrivileges(const Napi::CallbackInfo& info) {
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
    ThrowSystemError(info.Env(), LastError("prctl(PR_SET_NO_NEW_PRIVS)"));
  }
}

Napi::Value DropCapabilities(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  bool bounding = true;
  // From the first number that the kernel does not know on it is EINVAL.
  for (int cap = 0, there = 0; (there = prctl(PR_CAPBSET_READ, cap, 0, 0, 0)) >= 0; ++cap) {
    if (there == 1 && prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) != 0) bounding = false;
  }
  if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) != 0) {
    ThrowSystemError(env, LastError("prctl(PR_CAP_AMBIENT)"));
    return env.Undefined();
  }
  __user_cap_header_struct header{};
  header.version = _LINUX_CAPABILITY_VERSION_3;
  __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3]{};
  if (syscall(SYS_capset, &header, none) != 0) {
    ThrowSystemError(env, LastError("capset"));
    return env.Undefined();
  }
  return Napi::Boolean::New(env, bounding);
}

Napi::Value ThreadId(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), static_cast<double>(syscall(SYS_gettid)));
}

}  // namespace fluxnet
