#include "attached_program.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include <cstdlib>
#include <ctime>
#include <optional>
#include <string>

#include "args.h"
#include "fd.h"

namespace fluxnet {
namespace {

template <typename Facts>
std::optional<Facts> FactsOf(const Fd& fd) {
  Facts facts{};
  uint32_t length = sizeof(facts);
  if (!fd.open() || bpf_obj_get_info_by_fd(fd.get(), &facts, &length) != 0) return std::nullopt;
  return facts;
}

// Milliseconds since 1970 of a moment in nanoseconds since boot.
double WallMs(uint64_t since_boot) {
  timespec wall{};
  timespec boot{};
  clock_gettime(CLOCK_REALTIME, &wall);
  clock_gettime(CLOCK_BOOTTIME, &boot);
  const double now = static_cast<double>(wall.tv_sec) * 1e3 + wall.tv_nsec / 1e6;
  const double up = static_cast<double>(boot.tv_sec) * 1e3 + boot.tv_nsec / 1e6;
  return now - up + static_cast<double>(since_boot) / 1e6;
}

// Is the program attached by a link? Unknown where links may not be listed (CAP_SYS_ADMIN).
std::optional<bool> HasLink(int ifindex, uint32_t program_id) {
  uint32_t id = 0;
  while (bpf_link_get_next_id(id, &id) == 0) {
    const auto facts = FactsOf<bpf_link_info>(Fd(bpf_link_get_fd_by_id(id)));
    if (facts && facts->type == BPF_LINK_TYPE_XDP && facts->prog_id == program_id &&
        facts->xdp.ifindex == static_cast<uint32_t>(ifindex)) {
      return true;
    }
  }
  return errno == ENOENT ? std::optional(false) : std::nullopt;
}

// The programs that share the interface through libxdp's dispatcher, in the order in which they
// run, as libxdp pins them.
Napi::Array Shared(Napi::Env env, int ifindex, uint32_t dispatcher_id) {
  const char* bpffs = secure_getenv("LIBXDP_BPFFS");
  const std::string folder = std::string(bpffs != nullptr ? bpffs : "/sys/fs/bpf") +
                             "/xdp/dispatch-" + std::to_string(ifindex) + "-" +
                             std::to_string(dispatcher_id);
  Napi::Array programs = Napi::Array::New(env);
  for (;;) {
    const uint32_t index = programs.Length();
    const std::string path = folder + "/prog" + std::to_string(index) + "-prog";
    const auto facts = FactsOf<bpf_prog_info>(Fd(bpf_obj_get(path.c_str())));
    if (!facts) return programs;
    Napi::Object program = Napi::Object::New(env);
    program.Set("id", Napi::Number::New(env, facts->id));
    if (facts->name[0] != 0) program.Set("name", facts->name);
    programs.Set(index, program);
  }
}

}  // namespace

Napi::Value ProgramFacts(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const auto ifindex = IntegerArg(info, 0, "ifindex", 1, INT32_MAX);
  if (!ifindex) return env.Undefined();
  const auto id = IntegerArg(info, 1, "id", 0, UINT32_MAX);
  if (!id) return env.Undefined();
  const int link_ifindex = static_cast<int>(*ifindex);
  const uint32_t program_id = static_cast<uint32_t>(*id);

  const auto facts = FactsOf<bpf_prog_info>(Fd(bpf_prog_get_fd_by_id(program_id)));
  Napi::Object program = Napi::Object::New(env);
  if (facts && facts->name[0] != 0) program.Set("name", facts->name);
  if (const auto link = HasLink(link_ifindex, program_id)) {
    program.Set("attachedBy", *link ? "link" : "netlink");
  }
  if (facts) {
    program.Set("loadedAt", Napi::Number::New(env, WallMs(facts->load_time)));
    program.Set("uid", Napi::Number::New(env, facts->created_by_uid));
    if (std::string(facts->name) == "xdp_dispatcher") {
      program.Set("programs", Shared(env, link_ifindex, program_id));
    }
  }
  return program;
}

}  // namespace fluxnet
