#include "program.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include <vector>

#include "args.h"
#include "socket.h"

namespace fluxnet {

Napi::Function Program::Define(Napi::Env env) {
  return DefineClass(
      env, kName,
      {InstanceMethod<&Program::Attach>("attach"), InstanceMethod<&Program::Id>("id"),
       InstanceMethod<&Program::MaxQueues>("maxQueues"),
       InstanceMethod<&Program::SetSocket>("setSocket"),
       InstanceMethod<&Program::ClearSocket>("clearSocket"),
       InstanceMethod<&Program::Counter>("counter"), InstanceMethod<&Program::Token>("token"),
       InstanceMethod<&Program::MapFds>("mapFds"),
       InstanceMethod<&Program::Close>("close")});
}

Program::Program(const Napi::CallbackInfo& info) : ObjectWrap(info) {
  info.This().As<Napi::Object>().TypeTag(&kTypeTag);
  if (info.Length() == 1) {
    program_.Borrow(info);
  } else {
    Open(info);
  }
}

void Program::Open(const Napi::CallbackInfo& info) {
  std::optional<int64_t> program_fd = -1;
  if (!info[0].IsUndefined()) program_fd = IntegerArg(info, 0, "programFd", 0, INT32_MAX);
  if (!program_fd) return;
  const auto sockets_fd = IntegerArg(info, 1, "socketsFd", 0, INT32_MAX);
  if (!sockets_fd) return;
  std::optional<int64_t> counters_fd = -1;
  if (!info[2].IsUndefined()) counters_fd = IntegerArg(info, 2, "countersFd", 0, INT32_MAX);
  if (!counters_fd) return;
  auto program =
      SharedProgram::Open(static_cast<int>(*program_fd), static_cast<int>(*sockets_fd),
                          static_cast<int>(*counters_fd));
  if (!program.ok()) return ThrowSystemError(Env(), program.error());
  program_.Own(Env(), std::move(program.value()));
}

std::shared_ptr<SharedProgram::Fds> Program::OpenFds(Napi::Env env) {
  auto fds = program_.get() ? program_->fds() : nullptr;
  if (!fds) ThrowClosed(env, "program");
  return fds;
}

Napi::Value Program::MapFds(const Napi::CallbackInfo& info) {
  Napi::Array numbers = Napi::Array::New(info.Env());
  const auto fds = OpenFds(info.Env());
  if (!fds) return numbers;
  numbers.Set(0u, Napi::Number::New(info.Env(), fds->sockets.get()));
  if (fds->counters.open()) numbers.Set(1u, Napi::Number::New(info.Env(), fds->counters.get()));
  return numbers;
}

void Program::Attach(const Napi::CallbackInfo& info) {
  const auto ifindex = IntegerArg(info, 0, "ifindex", 1, INT32_MAX);
  if (!ifindex || !OpenFds(info.Env())) return;
  const bool generic = info[1].ToBoolean();
  if (Failure failure = program_->Attach(static_cast<int>(*ifindex), generic)) {
    ThrowSystemError(info.Env(), *failure);
  }
}

Napi::Value Program::Id(const Napi::CallbackInfo& info) {
  bpf_prog_info facts{};
  uint32_t length = sizeof(facts);
  const auto fds = program_.get() ? program_->fds() : nullptr;
  const bool known = fds && bpf_obj_get_info_by_fd(fds->program.get(), &facts, &length) == 0;
  return Napi::Number::New(info.Env(), known ? facts.id : 0);
}

Napi::Value Program::MaxQueues(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), program_.get() ? program_->max_queues() : 0);
}

void Program::SetSocket(const Napi::CallbackInfo& info) {
  const auto queue_id = IntegerArg(info, 0, "queueId", 0, UINT32_MAX);
  if (!queue_id) return;
  Socket* socket = WrappedArg<Socket>(info, 1, "socket");
  if (socket == nullptr) return;
  const auto fds = OpenFds(info.Env());
  if (!fds) return;
  const auto xsk = socket->xsk();
  if (!xsk) return ThrowClosed(info.Env(), "socket");
  const uint32_t key = static_cast<uint32_t>(*queue_id);
  const int fd = xsk->fd.get();
  const int status = bpf_map_update_elem(fds->sockets.get(), &key, &fd, BPF_ANY);
  if (status != 0) ThrowSystemError(info.Env(), {-status, "bpf(BPF_MAP_UPDATE_ELEM)", {}});
}

void Program::ClearSocket(const Napi::CallbackInfo& info) {
  const auto queue_id = IntegerArg(info, 0, "queueId", 0, UINT32_MAX);
  if (!queue_id) return;
  const auto fds = OpenFds(info.Env());
  if (!fds) return;
  const uint32_t key = static_cast<uint32_t>(*queue_id);
  const int status = bpf_map_delete_elem(fds->sockets.get(), &key);
  if (status != 0 && status != -ENOENT) {
    ThrowSystemError(info.Env(), {-status, "bpf(BPF_MAP_DELETE_ELEM)", {}});
  }
}

Napi::Value Program::Counter(const Napi::CallbackInfo& info) {
  const auto slot = IntegerArg(info, 0, "slot", 0, UINT32_MAX);
  if (!slot) return info.Env().Undefined();
  const auto fds = OpenFds(info.Env());
  if (!fds) return info.Env().Undefined();
  const uint32_t key = static_cast<uint32_t>(*slot);
  const int cpus = libbpf_num_possible_cpus();  // Reads /sys, which may not be mounted.
  if (cpus < 0) {
    ThrowSystemError(info.Env(), {-cpus, "libbpf_num_possible_cpus", {}});
    return info.Env().Undefined();
  }
  std::vector<uint64_t> values(cpus);
  const int status = bpf_map_lookup_elem(fds->counters.get(), &key, values.data());
  if (status != 0) {
    ThrowSystemError(info.Env(), {-status, "bpf(BPF_MAP_LOOKUP_ELEM)", {}});
    return info.Env().Undefined();
  }
  uint64_t sum = 0;
  for (const uint64_t value : values) sum += value;
  return Napi::Number::New(info.Env(), static_cast<double>(sum));
}

}  // namespace fluxnet
