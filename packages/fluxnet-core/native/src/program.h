// An XDP program with its maps, attached by a bpf_link: the kernel detaches it when the process
// dies, however it dies.
#pragma once

#include <napi.h>

#include <memory>

#include "fd.h"

struct bpf_object;

namespace fluxnet {

class Program : public Napi::ObjectWrap<Program> {
 public:
  static constexpr napi_type_tag kTypeTag{0x666c75786e657400, 0x50726f6772616d01};
  static constexpr const char* kName = "Program";
  static Napi::Function Define(Napi::Env env);

  // new Program(maxQueues): loads the redirect program. Needs CAP_BPF and CAP_NET_ADMIN.
  explicit Program(const Napi::CallbackInfo& info);

 private:
  // The constructor's work; on failure an exception is pending and nothing is held.
  void Open(const Napi::CallbackInfo& info);
  struct ObjectCloser {
    void operator()(bpf_object* object) const;
  };

  // attach(ifindex, generic): BPF_LINK_CREATE
  void Attach(const Napi::CallbackInfo& info);
  Napi::Value Id(const Napi::CallbackInfo& info);
  // setSocket(queueId, socket), clearSocket(queueId): BPF_MAP_UPDATE_ELEM, BPF_MAP_DELETE_ELEM
  void SetSocket(const Napi::CallbackInfo& info);
  void ClearSocket(const Napi::CallbackInfo& info);
  // counter(slot): the sum over all CPUs
  Napi::Value Counter(const Napi::CallbackInfo& info);
  void Close(const Napi::CallbackInfo& info);

  std::unique_ptr<bpf_object, ObjectCloser> object_;
  int program_fd_ = -1;   // Owned by object_.
  int sockets_fd_ = -1;   // Owned by object_.
  int counters_fd_ = -1;  // Owned by object_.
  Fd link_;
};

}  // namespace fluxnet
