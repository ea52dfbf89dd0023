#include "bpf_map.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "args.h"
#include "bpf_fd.h"
#include "grace_wait.h"

namespace fluxnet {
namespace {

constexpr int64_t kMaxCount = 1 << 24;

}  // namespace

Napi::Function BpfMap::Define(Napi::Env env) {
  return DefineClass(
      env, kName,
      {InstanceMethod<&BpfMap::Update>("update"), InstanceMethod<&BpfMap::Remove>("remove"),
       InstanceMethod<&BpfMap::Sums>("sums"), InstanceMethod<&BpfMap::Zero>("zero"),
       InstanceMethod<&BpfMap::Replace>("replace"), InstanceMethod<&BpfMap::Close>("close")});
}

BpfMap::BpfMap(const Napi::CallbackInfo& info) : ObjectWrap(info) {
  info.This().As<Napi::Object>().TypeTag(&kTypeTag);
  Open(info);
}

void BpfMap::Open(const Napi::CallbackInfo& info) {
  const auto fd = IntegerArg(info, 0, "fd", 0, INT32_MAX);
  if (!fd) return;
  bpf_map_info facts{};
  Result<Fd> copy = DuplicateMap(static_cast<int>(*fd), &facts);
  if (!copy.ok()) return ThrowSystemError(Env(), copy.error());
  fd_ = std::move(copy.value());
  key_size_ = facts.key_size;
  value_size_ = facts.value_size;
  per_cpu_ = facts.type == BPF_MAP_TYPE_PERCPU_ARRAY;
}

bool BpfMap::AssertOpen(Napi::Env env) const {
  if (!fd_.open()) ThrowClosed(env, "map");
  return fd_.open();
}

const uint8_t* BpfMap::BytesArg(const Napi::CallbackInfo& info, size_t index, const char* name,
                                size_t size, size_t count) const {
  const Napi::Value value = info[index];
  if (value.IsTypedArray() &&
      value.As<Napi::TypedArray>().TypedArrayType() == napi_uint8_array &&
      value.As<Napi::Uint8Array>().ByteLength() >= size * count) {
    return value.As<Napi::Uint8Array>().Data();
  }
  Napi::TypeError::New(info.Env(), std::string(name) + " must be a Uint8Array of " +
                                       std::to_string(size * count) + " bytes or more")
      .ThrowAsJavaScriptException();
  return nullptr;
}

void BpfMap::Update(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (!AssertOpen(env)) return;
  const auto count = IntegerArg(info, 2, "count", 1, kMaxCount);
  if (!count) return;
  const uint8_t* keys = BytesArg(info, 0, "keys", key_size_, *count);
  if (keys == nullptr) return;
  const uint8_t* values = BytesArg(info, 1, "values", value_size_, *count);
  if (values == nullptr) return;
  if (*count == 1) {
    const int status = bpf_map_update_elem(fd_.get(), keys, values, BPF_ANY);
    if (status != 0) ThrowSystemError(env, {-status, "bpf(BPF_MAP_UPDATE_ELEM)", {}});
    return;
  }
  uint32_t done = static_cast<uint32_t>(*count);
  bpf_map_batch_opts options{};
  options.sz = sizeof(options);
  const int status = bpf_map_update_batch(fd_.get(), keys, values, &done, &options);
  if (status != 0) ThrowSystemError(env, {-status, "bpf(BPF_MAP_UPDATE_BATCH)", {}});
}

Napi::Value BpfMap::Remove(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  if (!AssertOpen(env)) return env.Undefined();
  const auto count = IntegerArg(info, 1, "count", 1, kMaxCount);
  if (!count) return env.Undefined();
  const uint8_t* keys = BytesArg(info, 0, "keys", key_size_, *count);
  if (keys == nullptr) return env.Undefined();
  // Not in a batch: that ends at the first key that is not there.
  int64_t removed = 0;
  for (int64_t i = 0; i < *count; i++) {
    const int status = bpf_map_delete_elem(fd_.get(), keys + i * key_size_);
    if (status == 0) removed++;
    if (status != 0 && status != -ENOENT) {
      ThrowSystemError(env, {-status, "bpf(BPF_MAP_DELETE_ELEM)", {}});
      return env.Undefined();
    }
  }
  return Napi::Number::New(env, static_cast<double>(removed));
}

std::optional<BpfMap::Entries> BpfMap::EntriesArg(const Napi::CallbackInfo& info) const {
  const Napi::Env env = info.Env();
  if (!AssertOpen(env)) return std::nullopt;
  const auto first = IntegerArg(info, 0, "first", 0, UINT32_MAX);
  if (!first) return std::nullopt;
  const auto count = IntegerArg(info, 1, "count", 1, kMaxCount);
  if (!count) return std::nullopt;
  const int cpus = libbpf_num_possible_cpus();  // Reads /sys, which may not be mounted.
  if (!per_cpu_ || cpus < 0) {
    ThrowSystemError(env, {per_cpu_ ? -cpus : EINVAL, "libbpf_num_possible_cpus", {}});
    return std::nullopt;
  }
  // The kernel reads and writes one value per CPU, each rounded up to 8 bytes.
  std::vector<uint64_t> values((value_size_ + 7) / 8 * cpus);
  return Entries{static_cast<uint32_t>(*first), static_cast<uint32_t>(*count), std::move(values),
                 static_cast<size_t>(cpus)};
}

Napi::Value BpfMap::Sums(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  auto entries = EntriesArg(info);
  if (!entries) return env.Undefined();
  const size_t words = entries->values.size() / entries->cpus;
  Napi::Float64Array sums = Napi::Float64Array::New(env, words * entries->count);
  for (uint32_t i = 0; i < entries->count; i++) {
    const uint32_t key = entries->first + i;
    const int status = bpf_map_lookup_elem(fd_.get(), &key, entries->values.data());
    if (status != 0) {
      ThrowSystemError(env, {-status, "bpf(BPF_MAP_LOOKUP_ELEM)", {}});
      return env.Undefined();
    }
    for (size_t word = 0; word < words; word++) {
      uint64_t sum = 0;
      for (size_t cpu = 0; cpu < entries->cpus; cpu++) sum += entries->values[cpu * words + word];
      sums[i * words + word] = static_cast<double>(sum);
    }
  }
  return sums;
}

void BpfMap::Zero(const Napi::CallbackInfo& info) {
  const auto entries = EntriesArg(info);
  if (!entries) return;
  for (uint32_t i = 0; i < entries->count; i++) {
    const uint32_t key = entries->first + i;
    const int status = bpf_map_update_elem(fd_.get(), &key, entries->values.data(), BPF_ANY);
    if (status != 0) {
      return ThrowSystemError(info.Env(), {-status, "bpf(BPF_MAP_UPDATE_ELEM)", {}});
    }
  }
}

Napi::Value BpfMap::Replace(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const BpfMap* inner = WrappedArg<BpfMap>(info, 0, "inner");
  if (inner == nullptr || !AssertOpen(env) || !inner->AssertOpen(env)) return env.Undefined();
  bpf_map_info facts{};
  Result<Fd> outer = DuplicateMap(fd_.get(), &facts);
  Result<Fd> copy = DuplicateMap(inner->fd_.get(), &facts);
  if (!outer.ok() || !copy.ok()) {
    ThrowSystemError(env, outer.ok() ? copy.error() : outer.error());
    return env.Undefined();
  }
  return GraceWait::Start(env, std::move(outer.value()), std::move(copy.value()));
}

void BpfMap::Close(const Napi::CallbackInfo&) { fd_.Close(); }

Napi::Value TestProgram(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  const auto fd = IntegerArg(info, 0, "programFd", 0, INT32_MAX);
  if (!fd) return env.Undefined();
  const auto repeat = IntegerArg(info, 2, "repeat", 1, INT32_MAX);
  if (!repeat) return env.Undefined();
  if (!info[1].IsTypedArray() ||
      info[1].As<Napi::TypedArray>().TypedArrayType() != napi_uint8_array) {
    Napi::TypeError::New(env, "packet must be a Uint8Array").ThrowAsJavaScriptException();
    return env.Undefined();
  }
  const auto packet = info[1].As<Napi::Uint8Array>();
  bpf_test_run_opts options{};
  options.sz = sizeof(options);
  options.data_in = packet.Data();
  options.data_size_in = static_cast<uint32_t>(packet.ByteLength());
  options.repeat = static_cast<int>(*repeat);
  const int status = bpf_prog_test_run_opts(static_cast<int>(*fd), &options);
  if (status != 0) {
    ThrowSystemError(env, {-status, "bpf(BPF_PROG_TEST_RUN)", {}});
    return env.Undefined();
  }
  Napi::Array result = Napi::Array::New(env, 2);
  result.Set(0u, options.retval);
  result.Set(1u, options.duration);
  return result;
}

}  // namespace fluxnet
