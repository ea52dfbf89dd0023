#include "program_name.h"

#include <bpf/bpf.h>

#include "args.h"
#include "fd.h"

namespace fluxnet {

Napi::Value ProgramName(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const auto id = IntegerArg(info, 0, "id", 0, UINT32_MAX);
  if (!id) return env.Undefined();
  const Fd program(bpf_prog_get_fd_by_id(static_cast<uint32_t>(*id)));
  bpf_prog_info facts{};
  uint32_t length = sizeof(facts);
  if (!program.open() || bpf_obj_get_info_by_fd(program.get(), &facts, &length) != 0) {
    return env.Undefined();
  }
  return Napi::String::New(env, facts.name);
}

}  // namespace fluxnet
