// One-shot readiness of a descriptor on the isolate's event loop.
#pragma once

#include <napi.h>
#include <uv.h>

#include <memory>
#include <optional>

namespace fluxnet {

class FdWatch {
 public:
  // Two hold it: the owner of the descriptor, until it closes that, and the event loop, until it
  // has closed the handle. The later one deletes it.
  struct Releaser {
    void operator()(FdWatch* watch) const { watch->Release(); }
  };

  // Returns null with a pending exception where the loop refuses the descriptor. Holds `holder`,
  // which keeps the descriptor open, until the loop does not wait on it any more.
  static FdWatch* Open(Napi::Env env, int fd, std::shared_ptr<const void> holder = nullptr);

  // When one of the two calls its listener, the other one stops. Both are closed together.
  static void Pair(FdWatch& one, FdWatch& other) {
    one.other_ = &other;
    other.other_ = &one;
  }

  // Calls `listener` once. Replaces what was waited for before.
  void Start(Napi::Env env, bool readable, bool writable, Napi::Function listener);
  void Stop();

 private:
  explicit FdWatch(Napi::Env env);
  ~FdWatch() = default;
  void Release();
  void CloseHandle();
  void HandleClosed();
  void Ready();

  Napi::Env env_;
  std::shared_ptr<const void> holder_;
  uv_poll_t poll_{};
  std::optional<Napi::AsyncContext> context_;
  Napi::FunctionReference listener_;
  // Keeps the environment, and with it this code, until the loop has closed the handle.
  napi_async_cleanup_hook_handle hook_ = nullptr;
  FdWatch* other_ = nullptr;
  bool held_by_owner_ = true;
  enum { kOpen, kClosing, kClosed } handle_ = kOpen;
};

}  // namespace fluxnet
