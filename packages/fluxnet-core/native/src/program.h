// A loaded XDP program with its socket map, attached by a bpf_link: the kernel detaches it when the
// process dies, however it dies.
#pragma once

#include <napi.h>

#include "fd.h"

namespace fluxnet {

class Program : public Napi::ObjectWrap<Program> {
 public:
  static constexpr napi_type_tag kTypeTag{0x666c75786e657400, 0x50726f6772616d01};
  static constexpr const char* kName = "Program";
  static Napi::Function Define(Napi::Env env);

  // new Program(programFd, socketsFd, countersFd | undefined): duplicates descriptors of an XDP
  // program, an XSKMAP and a per-CPU array of 64-bit counters; EINVAL where they are not.
  explicit Program(const Napi::CallbackInfo& info);

 private:
  // The constructor's work; on failure an exception is pending and nothing is held.
  void Open(const Napi::CallbackInfo& info);

  // attach(ifindex, generic): BPF_LINK_CREATE
  void Attach(const Napi::CallbackInfo& info);
  Napi::Value Id(const Napi::CallbackInfo& info);
  // maxQueues() -> entries of the socket map
  Napi::Value MaxQueues(const Napi::CallbackInfo& info);
  // setSocket(queueId, socket), clearSocket(queueId): BPF_MAP_UPDATE_ELEM, BPF_MAP_DELETE_ELEM
  void SetSocket(const Napi::CallbackInfo& info);
  void ClearSocket(const Napi::CallbackInfo& info);
  // counter(slot): the sum over all CPUs
  Napi::Value Counter(const Napi::CallbackInfo& info);
  void Close(const Napi::CallbackInfo& info);

  Fd program_;
  Fd sockets_;
  Fd counters_;
  uint32_t max_queues_ = 0;
  Fd link_;
};

}  // namespace fluxnet
