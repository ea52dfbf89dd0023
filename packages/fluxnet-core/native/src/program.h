// One isolate's hold on an XDP program.
#pragma once

#include <napi.h>

#include "hold.h"
#include "shared_program.h"

namespace fluxnet {

class Program : public Napi::ObjectWrap<Program> {
 public:
  static constexpr napi_type_tag kTypeTag{0x666c75786e657400, 0x50726f6772616d01};
  static constexpr const char* kName = "Program";
  static Napi::Function Define(Napi::Env env);

  // new Program(programFd | undefined, socketsFd, countersFd | undefined): opens, without a program
  // for one that another process has attached. new Program(token): imports.
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
  // mapFds() -> of the socket map and, where there is one, the counters; owned by the program
  Napi::Value MapFds(const Napi::CallbackInfo& info);
  Napi::Value Token(const Napi::CallbackInfo& info) { return program_.Token(info.Env()); }
  void Close(const Napi::CallbackInfo&) { program_.Close(); }

  // Null, and an exception is pending, when it is closed.
  std::shared_ptr<SharedProgram::Fds> OpenFds(Napi::Env env);

  Hold<SharedProgram> program_;
};

}  // namespace fluxnet
