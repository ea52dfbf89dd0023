#include "program.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/if_link.h>

#include <cstdio>
#include <string>
#include <vector>

#include "../bpf/redirect.h"
#include "args.h"
#include "redirect_object.h"
#include "socket.h"

namespace fluxnet {
namespace {

// libbpf prints through one function for the process; each thread collects what it caused, so
// that nothing reaches the user's terminal and the error can carry it.
thread_local std::string* log_sink = nullptr;

int CollectLog(libbpf_print_level level, const char* format, va_list arguments) {
  if (log_sink == nullptr || level == LIBBPF_DEBUG) return 0;
  char line[1024];
  vsnprintf(line, sizeof(line), format, arguments);
  *log_sink += line;
  return 0;
}

class LogCapture {
 public:
  LogCapture() {
    libbpf_set_print(CollectLog);
    log_sink = &text;
  }
  ~LogCapture() { log_sink = nullptr; }
  std::string text;
};

}  // namespace

void Program::ObjectCloser::operator()(bpf_object* object) const { bpf_object__close(object); }

Napi::Function Program::Define(Napi::Env env) {
  return DefineClass(
      env, kName,
      {InstanceMethod<&Program::Attach>("attach"), InstanceMethod<&Program::Id>("id"),
       InstanceMethod<&Program::SetSocket>("setSocket"),
       InstanceMethod<&Program::ClearSocket>("clearSocket"),
       InstanceMethod<&Program::Counter>("counter"), InstanceMethod<&Program::Close>("close")});
}

Program::Program(const Napi::CallbackInfo& info) : ObjectWrap(info) {
  info.This().As<Napi::Object>().TypeTag(&kTypeTag);
  Open(info);
}

void Program::Open(const Napi::CallbackInfo& info) {
  const auto max_queues = IntegerArg(info, 0, "maxQueues", 1, UINT16_MAX + 1);
  if (!max_queues) return;

  LogCapture log;
  std::unique_ptr<bpf_object, ObjectCloser> object(
      bpf_object__open_mem(kRedirectObject, sizeof(kRedirectObject), nullptr));
  if (!object) return ThrowSystemError(Env(), {errno, "bpf_object__open_mem", log.text});
  bpf_map* sockets = bpf_object__find_map_by_name(object.get(), "sockets");
  bpf_map__set_max_entries(sockets, static_cast<uint32_t>(*max_queues));
  const int loaded = bpf_object__load(object.get());
  if (loaded != 0) return ThrowSystemError(Env(), {-loaded, "bpf(BPF_PROG_LOAD)", log.text});

  program_fd_ = bpf_program__fd(bpf_object__next_program(object.get(), nullptr));
  sockets_fd_ = bpf_map__fd(sockets);
  counters_fd_ = bpf_object__find_map_fd_by_name(object.get(), "counters");
  object_ = std::move(object);
}

void Program::Attach(const Napi::CallbackInfo& info) {
  const auto ifindex = IntegerArg(info, 0, "ifindex", 1, INT32_MAX);
  if (!ifindex) return;
  if (!object_) return ThrowClosed(info.Env(), "program");
  bpf_link_create_opts options{};
  options.sz = sizeof(options);
  options.flags = info[1].ToBoolean() ? XDP_FLAGS_SKB_MODE : XDP_FLAGS_DRV_MODE;
  LogCapture log;
  const int fd = bpf_link_create(program_fd_, static_cast<int>(*ifindex), BPF_XDP, &options);
  if (fd < 0) return ThrowSystemError(info.Env(), {-fd, "bpf(BPF_LINK_CREATE)", log.text});
  link_ = Fd(fd);
}

Napi::Value Program::Id(const Napi::CallbackInfo& info) {
  bpf_prog_info facts{};
  uint32_t length = sizeof(facts);
  if (!object_ || bpf_obj_get_info_by_fd(program_fd_, &facts, &length) != 0) {
    return Napi::Number::New(info.Env(), 0);
  }
  return Napi::Number::New(info.Env(), facts.id);
}

void Program::SetSocket(const Napi::CallbackInfo& info) {
  const auto queue_id = IntegerArg(info, 0, "queueId", 0, UINT16_MAX);
  if (!queue_id) return;
  Socket* socket = WrappedArg<Socket>(info, 1, "socket");
  if (socket == nullptr) return;
  if (!object_) return ThrowClosed(info.Env(), "program");
  if (!socket->xsk()) return ThrowClosed(info.Env(), "socket");
  const uint32_t key = static_cast<uint32_t>(*queue_id);
  const int fd = socket->xsk()->fd.get();
  const int status = bpf_map_update_elem(sockets_fd_, &key, &fd, BPF_ANY);
  if (status != 0) ThrowSystemError(info.Env(), {-status, "bpf(BPF_MAP_UPDATE_ELEM)", {}});
}

void Program::ClearSocket(const Napi::CallbackInfo& info) {
  const auto queue_id = IntegerArg(info, 0, "queueId", 0, UINT16_MAX);
  if (!queue_id) return;
  if (!object_) return ThrowClosed(info.Env(), "program");
  const uint32_t key = static_cast<uint32_t>(*queue_id);
  const int status = bpf_map_delete_elem(sockets_fd_, &key);
  if (status != 0 && status != -ENOENT) {
    ThrowSystemError(info.Env(), {-status, "bpf(BPF_MAP_DELETE_ELEM)", {}});
  }
}

Napi::Value Program::Counter(const Napi::CallbackInfo& info) {
  const auto slot = IntegerArg(info, 0, "slot", 0, FLUXNET_COUNTER_COUNT - 1);
  if (!slot) return info.Env().Undefined();
  if (!object_) {
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
  const int status = bpf_map_lookup_elem(counters_fd_, &key, values.data());
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
  object_.reset();
}

}  // namespace fluxnet
