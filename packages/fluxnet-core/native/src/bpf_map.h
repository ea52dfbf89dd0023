// A BPF map of the steering program, read and written by its bytes.
#pragma once

#include <napi.h>

#include <optional>
#include <vector>

#include "fd.h"

namespace fluxnet {

class BpfMap : public Napi::ObjectWrap<BpfMap> {
 public:
  static constexpr napi_type_tag kTypeTag{0x666c75786e657400, 0x4270664d61700001};
  static constexpr const char* kName = "BpfMap";
  static Napi::Function Define(Napi::Env env);

  // new BpfMap(fd): duplicates the descriptor; EINVAL where it is no map.
  explicit BpfMap(const Napi::CallbackInfo& info);

 private:
  // The constructor's work; on failure an exception is pending and nothing is held.
  void Open(const Napi::CallbackInfo& info);
  bool AssertOpen(Napi::Env env) const;
  // Argument `index` as bytes, `count` times `size` of them; null with an exception pending.
  const uint8_t* BytesArg(const Napi::CallbackInfo& info, size_t index, const char* name,
                          size_t size, size_t count) const;

  // update(keys, values, count): BPF_MAP_UPDATE_ELEM, or BPF_MAP_UPDATE_BATCH for more than one
  void Update(const Napi::CallbackInfo& info);
  // remove(keys, count) -> how many of them were there: BPF_MAP_DELETE_ELEM
  Napi::Value Remove(const Napi::CallbackInfo& info);
  // sums(first, count) -> Float64Array: of each entry of a per-CPU array its 64-bit words, summed
  // over all CPUs
  Napi::Value Sums(const Napi::CallbackInfo& info);
  // zero(first, count): of a per-CPU array, on all CPUs
  void Zero(const Napi::CallbackInfo& info);
  // replace(inner) -> promise of 0 or a negative errno: see GraceWait
  Napi::Value Replace(const Napi::CallbackInfo& info);
  void Close(const Napi::CallbackInfo& info);

  // Arguments 0 and 1: entries of a per-CPU array, and where the values of all CPUs find room.
  struct Entries {
    uint32_t first;
    uint32_t count;
    std::vector<uint64_t> values;
    size_t cpus;
  };
  std::optional<Entries> EntriesArg(const Napi::CallbackInfo& info) const;

  Fd fd_;
  uint32_t key_size_ = 0;
  uint32_t value_size_ = 0;
  bool per_cpu_ = false;
};

// testProgram(programFd, packet, repeat) -> [verdict, nanoseconds per run]: BPF_PROG_TEST_RUN, needs
// CAP_BPF and CAP_NET_ADMIN
Napi::Value TestProgram(const Napi::CallbackInfo& info);

}  // namespace fluxnet
