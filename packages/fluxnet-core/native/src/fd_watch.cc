#include "fd_watch.h"

#include <utility>

#include "args.h"

namespace fluxnet {

FdWatch::FdWatch(Napi::Env env) : env_(env), context_(std::in_place, env, "fluxnet.FdWatch") {}

FdWatch* FdWatch::Open(Napi::Env env, int fd, std::shared_ptr<const void> holder) {
  uv_loop_t* loop = nullptr;
  auto* watch = new FdWatch(env);
  if (napi_get_uv_event_loop(env, &loop) == napi_ok) {
    const int status = uv_poll_init(loop, &watch->poll_, fd);
    if (status == 0) {
      watch->poll_.data = watch;
      watch->holder_ = std::move(holder);
      // A worker may be terminated while it waits: the addon is unloaded with its last
      // environment, and the loop would call back into nothing.
      napi_add_async_cleanup_hook(
          env,
          [](napi_async_cleanup_hook_handle, void* data) {
            static_cast<FdWatch*>(data)->CloseHandle();
          },
          watch, &watch->hook_);
      return watch;
    }
    ThrowSystemError(env, {-status, "uv_poll_init", {}});
  }
  delete watch;
  return nullptr;
}

void FdWatch::Start(Napi::Env env, bool readable, bool writable, Napi::Function listener) {
  listener_ = Napi::Persistent(listener);
  const int events = (readable ? UV_READABLE : 0) | (writable ? UV_WRITABLE : 0);
  const int status = uv_poll_start(&poll_, events, [](uv_poll_t* poll, int, int) {
    // An error counts as readiness: the next system call reports it.
    static_cast<FdWatch*>(poll->data)->Ready();
  });
  if (status != 0) ThrowSystemError(env, {-status, "uv_poll_start", {}});
}

void FdWatch::Stop() {
  uv_poll_stop(&poll_);
  listener_.Reset();
}

void FdWatch::Ready() {
  Napi::HandleScope scope(env_);
  Napi::Function listener = listener_.Value();
  Stop();  // First: the listener may start the watch again, or close the descriptor.
  if (other_ != nullptr) other_->Stop();
  napi_value ignored;
  const napi_status status =
      napi_make_callback(env_, *context_, env_.Global(), listener, 0, nullptr, &ignored);
  if (status == napi_pending_exception) {
    // Nobody up the stack is JavaScript: it is an uncaught exception, as in any callback of Node.
    napi_value error;
    napi_get_and_clear_last_exception(env_, &error);
    napi_fatal_exception(env_, error);
  }
}

void FdWatch::Release() {
  held_by_owner_ = false;
  if (handle_ == kClosed) {
    delete this;
  } else {
    CloseHandle();
  }
}

void FdWatch::CloseHandle() {
  if (handle_ != kOpen) return;
  handle_ = kClosing;
  Stop();
  // The loop forgets the descriptor at once, and calls back later.
  uv_close(reinterpret_cast<uv_handle_t*>(&poll_),
           [](uv_handle_t* handle) { static_cast<FdWatch*>(handle->data)->HandleClosed(); });
  holder_.reset();
}

void FdWatch::HandleClosed() {
  handle_ = kClosed;
  context_.reset();
  const napi_async_cleanup_hook_handle hook = hook_;
  if (!held_by_owner_) delete this;
  napi_remove_async_cleanup_hook(hook);
}

}  // namespace fluxnet
