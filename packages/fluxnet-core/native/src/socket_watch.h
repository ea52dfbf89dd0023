// One-shot readiness of a descriptor on the isolate's event loop.
#pragma once

#include <napi.h>
#include <uv.h>

#include <memory>

namespace fluxnet {

class SocketWatch {
 public:
  // The event loop owns the memory until it has closed the handle.
  struct Closer {
    void operator()(SocketWatch* watch) const { watch->Close(); }
  };

  // Returns null with a pending exception where the loop refuses the descriptor.
  static SocketWatch* Open(Napi::Env env, int fd);

  // Calls `listener` once. Replaces what was waited for before.
  void Start(Napi::Env env, bool readable, bool writable, Napi::Function listener);
  void Stop();

 private:
  explicit SocketWatch(Napi::Env env);
  ~SocketWatch() = default;
  void Close();
  void Ready();
  static void OnEnvironmentEnd(void* watch);

  Napi::Env env_;
  uv_poll_t poll_{};
  Napi::AsyncContext context_;
  Napi::FunctionReference listener_;
  bool closing_ = false;
};

}  // namespace fluxnet
