#include "grace_wait.h"

#include <bpf/bpf.h>

#include <utility>

namespace fluxnet {

Napi::Promise GraceWait::Start(Napi::Env env, Fd outer, Fd inner) {
  auto* wait = new GraceWait(env, std::move(outer), std::move(inner));
  wait->Queue();  // Deletes itself when it is done.
  return wait->deferred_.Promise();
}

GraceWait::GraceWait(Napi::Env env, Fd outer, Fd inner)
    : AsyncWorker(env, "fluxnet.GraceWait"),
      deferred_(Napi::Promise::Deferred::New(env)),
      outer_(std::move(outer)),
      inner_(std::move(inner)) {}

void GraceWait::Execute() {
  const uint32_t key = 0;
  const int fd = inner_.get();
  status_ = bpf_map_update_elem(outer_.get(), &key, &fd, BPF_ANY);
}

void GraceWait::OnOK() { deferred_.Resolve(Napi::Number::New(Env(), status_)); }

}  // namespace fluxnet
