#include "bpf_fd.h"

#include <bpf/bpf.h>
#include <fcntl.h>
#include <unistd.h>

#include <string>
#include <string_view>
#include <vector>

#include "args.h"

namespace fluxnet {
namespace {

Result<Fd> Duplicate(int fd, BpfKind kind) {
  Fd copy(fcntl(fd, F_DUPFD_CLOEXEC, 0));
  if (!copy.open()) return LastError("fcntl(F_DUPFD_CLOEXEC)");
  Result<BpfKind> found = KindOf(copy.get());
  if (!found.ok()) return found.error();
  if (found.value() != kind) return SysError{EINVAL, "bpf(BPF_OBJ_GET_INFO_BY_FD)", {}};
  return copy;
}

template <typename Facts>
Failure ReadFacts(int fd, Facts* facts) {
  uint32_t length = sizeof(*facts);
  if (bpf_obj_get_info_by_fd(fd, facts, &length) == 0) return std::nullopt;
  return LastError("bpf(BPF_OBJ_GET_INFO_BY_FD)");
}

// Throws what went wrong; false then.
bool Passed(Napi::Env env, const Failure& failure) {
  if (failure) ThrowSystemError(env, *failure);
  return !failure;
}

}  // namespace

Result<BpfKind> KindOf(int fd) {
  char target[64];
  const std::string link = "/proc/self/fd/" + std::to_string(fd);
  const ssize_t length = readlink(link.c_str(), target, sizeof(target));
  if (length < 0) return LastError("readlink(/proc/self/fd)");
  const std::string_view name(target, static_cast<size_t>(length));
  if (name == "anon_inode:bpf-prog") return BpfKind::kProgram;
  if (name == "anon_inode:bpf-map") return BpfKind::kMap;
  return BpfKind::kOther;
}

Result<Fd> DuplicateXdpProgram(int fd) {
  Result<Fd> copy = Duplicate(fd, BpfKind::kProgram);
  if (!copy.ok()) return copy;
  bpf_prog_info facts{};
  if (Failure failure = ReadFacts(copy.value().get(), &facts)) return *failure;
  // As an extension of libxdp's dispatcher it has a type of its own.
  if (facts.type != BPF_PROG_TYPE_XDP && facts.type != BPF_PROG_TYPE_EXT) {
    return SysError{EINVAL, "bpf(BPF_OBJ_GET_INFO_BY_FD)", {}};
  }
  return copy;
}

Result<Fd> DuplicateMap(int fd, bpf_map_info* facts) {
  Result<Fd> copy = Duplicate(fd, BpfKind::kMap);
  if (!copy.ok()) return copy;
  if (Failure failure = ReadFacts(copy.value().get(), facts)) return *failure;
  return copy;
}

Result<Fd> DuplicateMap(int fd, bpf_map_type type, bpf_map_info* facts) {
  Result<Fd> copy = DuplicateMap(fd, facts);
  if (!copy.ok()) return copy;
  if (facts->type != type) return SysError{EINVAL, "bpf(BPF_OBJ_GET_INFO_BY_FD)", {}};
  return copy;
}

Napi::Value BpfFacts(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const auto fd = IntegerArg(info, 0, "fd", 0, INT32_MAX);
  if (!fd) return env.Undefined();
  // Of a duplicate, so that it stays what it is while it is asked.
  const Fd copy(fcntl(static_cast<int>(*fd), F_DUPFD_CLOEXEC, 0));
  if (!copy.open()) {
    ThrowSystemError(env, LastError("fcntl(F_DUPFD_CLOEXEC)"));
    return env.Undefined();
  }
  Result<BpfKind> kind = KindOf(copy.get());
  if (!kind.ok()) {
    ThrowSystemError(env, kind.error());
    return env.Undefined();
  }
  Napi::Object answer = Napi::Object::New(env);
  if (kind.value() == BpfKind::kProgram) {
    bpf_prog_info count{};
    if (!Passed(env, ReadFacts(copy.get(), &count))) return env.Undefined();
    std::vector<uint32_t> ids(count.nr_map_ids);
    bpf_prog_info facts{};
    facts.nr_map_ids = count.nr_map_ids;
    facts.map_ids = reinterpret_cast<uint64_t>(ids.data());
    if (!Passed(env, ReadFacts(copy.get(), &facts))) return env.Undefined();
    Napi::Array map_ids = Napi::Array::New(env, ids.size());
    for (uint32_t i = 0; i < ids.size(); ++i) map_ids.Set(i, Napi::Number::New(env, ids[i]));
    answer.Set("kind", "program");
    answer.Set("xdp", Napi::Boolean::New(env, facts.type == BPF_PROG_TYPE_XDP));
    answer.Set("mapIds", map_ids);
  } else if (kind.value() == BpfKind::kMap) {
    bpf_map_info facts{};
    if (!Passed(env, ReadFacts(copy.get(), &facts))) return env.Undefined();
    answer.Set("kind", "map");
    answer.Set("xskmap", Napi::Boolean::New(env, facts.type == BPF_MAP_TYPE_XSKMAP));
    answer.Set("maxEntries", Napi::Number::New(env, facts.max_entries));
  } else {
    answer.Set("kind", "other");
  }
  return answer;
}

Napi::Value OpenPinned(const Napi::CallbackInfo& info) {
  const auto path = StringArg(info, 0, "path");
  if (!path) return info.Env().Undefined();
  const int fd = bpf_obj_get(path->c_str());
  if (fd >= 0) return Napi::Number::New(info.Env(), fd);
  ThrowSystemError(info.Env(), {-fd, "bpf(BPF_OBJ_GET)", {}});
  return info.Env().Undefined();
}

Napi::Value OpenMap(const Napi::CallbackInfo& info) {
  const auto id = IntegerArg(info, 0, "id", 0, UINT32_MAX);
  if (!id) return info.Env().Undefined();
  const int fd = bpf_map_get_fd_by_id(static_cast<uint32_t>(*id));
  if (fd >= 0) return Napi::Number::New(info.Env(), fd);
  ThrowSystemError(info.Env(), {-fd, "bpf(BPF_MAP_GET_FD_BY_ID)", {}});
  return info.Env().Undefined();
}

}  // namespace fluxnet
