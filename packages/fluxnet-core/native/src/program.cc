#include "program.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/if_link.h>

#include <vector>

#include "args.h"
#include "bpf_fd.h"
#include "bpf_log.h"
#include "socket.h"

namespace fluxnet {

Napi::Function Program::Define(Napi::Env env) {
  return DefineClass(
      env, kName,
      {InstanceMethod<&Program::Attach>("attach"), InstanceMethod<&Program::Id>("id"),
       InstanceMethod<&Program::MaxQueues>("maxQueues"),
       InstanceMethod<&Program::SetSocket>("setSocket"),
       InstanceMethod<&Program::ClearSocket>("clearSocket"),
       InstanceMethod<&Program::Counter>("counter"), InstanceMethod<&Program::Close>("close")});
}

Program::Program(const Napi::CallbackInfo& info) : ObjectWrap(info) {
  info.This().As<Napi::Object>().TypeTag(&kTypeTag);
  Open(info);
}

void Program::Open(const Napi::CallbackInfo& info) {
  const auto program_fd = IntegerArg(info, 0, "programFd", 0, INT32_MAX);
  if (!program_fd) return;
  const auto sockets_fd = IntegerArg(info, 1, "socketsFd", 0, INT32_MAX);
  if (!sockets_fd) return;

  Result<Fd> program = DuplicateXdpProgram(static_cast<int>(*program_fd));
  if (!program.ok()) return ThrowSystemError(Env(), program.error());
  bpf_map_info facts{};
  Result<Fd> sockets = DuplicateMap(static_cast<int>(*sockets_fd), BPF_MAP_TYPE_XSKMAP, &facts);
  if (!sockets.ok()) return ThrowSystemError(Env(), sockets.error());
  max_queues_ = facts.max_entries;

  if (!info[2].IsUndefined()) {
    const auto counters_fd = IntegerArg(info, 2, "countersFd", 0, INT32_MAX);
    if (!counters_fd) return;
    Result<Fd> counters =
        DuplicateMap(static_cast<int>(*counters_fd), BPF_MAP_TYPE_PERCPU_ARRAY, &facts);
    if (!counters.ok()) return ThrowSystemError(Env(), counters.error());
    // The kernel writes one value per CPU of this size.
    if (facts.value_size != sizeof(uint64_t)) {
      return ThrowSystemError(Env(), {EINVAL, "bpf(BPF_OBJ_GET_INFO_BY_FD)", {}});
    }
    counters_ = std::move(counters.value());
  }
  program_ = std::move(program.value());
  sockets_ = std::move(sockets.value());
}

void Program::Attach(const Napi::CallbackInfo& info) {
  const auto ifindex = IntegerArg(info, 0, "ifindex", 1, INT32_MAX);
  if (!ifindex) return;
  if (!program_.open()) return ThrowClosed(info.Env(), "program");
  bpf_link_create_opts options{};
  options.sz = sizeof(options);
  options.flags = info[1].ToBoolean() ? XDP_FLAGS_SKB_MODE : XDP_FLAGS_DRV_MODE;
  BpfLog log;
  const int fd = bpf_link_create(program_.get(), static_cast<int>(*ifindex), BPF_XDP, &options);
  if (fd < 0) return ThrowSystemError(info.Env(), {-fd, "bpf(BPF_LINK_CREATE)", log.text()});
  link_ = Fd(fd);
}

Napi::Value Program::Id(const Napi::CallbackInfo& info) {
  bpf_prog_info facts{};
  uint32_t length = sizeof(facts);
  if (!program_.open() || bpf_obj_get_info_by_fd(program_.get(), &facts, &length) != 0) {
    return Napi::Number::New(info.Env(), 0);
  }
  return Napi::Number::New(info.Env(), facts.id);
}

Napi::Value Program::MaxQueues(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), max_queues_);
}

void Program::SetSocket(const Napi::CallbackInfo& info) {
  const auto queue_id = IntegerArg(info, 0, "queueId", 0, UINT32_MAX);
  if (!queue_id) return;
  Socket* socket = WrappedArg<Socket>(info, 1, "socket");
  if (socket == nullptr) return;
  if (!program_.open()) return ThrowClosed(info.Env(), "program");
  if (!socket->xsk()) return ThrowClosed(info.Env(), "socket");
  const uint32_t key = static_cast<uint32_t>(*queue_id);
  const int fd = socket->xsk()->fd.get();
  const int status = bpf_map_update_elem(sockets_.get(), &key, &fd, BPF_ANY);
  if (status != 0) ThrowSystemError(info.Env(), {-status, "bpf(BPF_MAP_UPDATE_ELEM)", {}});
}

void Program::ClearSocket(const Napi::CallbackInfo& info) {
  const auto queue_id = IntegerArg(info, 0, "queueId", 0, UINT32_MAX);
  if (!queue_id) return;
  if (!program_.open()) return ThrowClosed(info.Env(), "program");
  const uint32_t key = static_cast<uint32_t>(*queue_id);
  const int status = bpf_map_delete_elem(sockets_.get(), &key);
  if (status != 0 && status != -ENOENT) {
    ThrowSystemError(info.Env(), {-status, "bpf(BPF_MAP_DELETE_ELEM)", {}});
  }
}

Napi::Value Program::Counter(const Napi::CallbackInfo& info) {
  const auto slot = IntegerArg(info, 0, "slot", 0, UINT32_MAX);
  if (!slot) return info.Env().Undefined();
  if (!counters_.open()) {
    ThrowClosed(info.Env(), "program");
    return info.Env().Undefined();
  }
  const uint32_t key = static_cast<uint32_t>(*slot);
  const int cpus = libbpf_num_possible_cpus();  // Reads /sys, which may not be mounted.
  if (cpus < 0) {
    ThrowSystemError(info.Env(), {-cpus, "libbpf_num_possible_cpus", {}});
    return info.Env().Undefined();
  }
  std::vector<uint64_t> values(cpus);
  const int status = bpf_map_lookup_elem(counters_.get(), &key, values.data());
  if (status != 0) {
    ThrowSystemError(info.Env(), {-status, "bpf(BPF_MAP_LOOKUP_ELEM)", {}});
    return info.Env().Undefined();
  }
  uint64_t sum = 0;
  for (const uint64_t value : values) sum += value;
  return Napi::Number::New(info.Env(), static_cast<double>(sum));
}

void Program::Close(const Napi::CallbackInfo&) {
  link_.Close();  // Detaches: the link has no other descriptor.
  program_.Close();
  sockets_.Close();
  counters_.Close();
}

}  // namespace fluxnet
