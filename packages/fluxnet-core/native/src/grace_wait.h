// Waits, on the thread pool, until no BPF program can see what was replaced before.
#pragma once

#include <napi.h>

#include "fd.h"

namespace fluxnet {

class GraceWait : public Napi::AsyncWorker {
 public:
  // Puts `inner` into entry 0 of `outer`, a map of maps. The kernel returns from that only when all
  // programs have ended that may have run before (maybe_wait_bpf_programs, kernel/bpf/syscall.c).
  static Napi::Promise Start(Napi::Env env, Fd outer, Fd inner);

 private:
  GraceWait(Napi::Env env, Fd outer, Fd inner);
  void Execute() override;
  void OnOK() override;

  Napi::Promise::Deferred deferred_;
  Fd outer_;
  Fd inner_;
  int status_ = 0;
};

}  // namespace fluxnet
