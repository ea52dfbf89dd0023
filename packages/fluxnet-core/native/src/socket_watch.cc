#include "socket_watch.h"

#include "args.h"

namespace fluxnet {

SocketWatch::SocketWatch(Napi::Env env) : env_(env), context_(env, "fluxnet.SocketWatch") {}

SocketWatch* SocketWatch::Open(Napi::Env env, int fd) {
  uv_loop_t* loop = nullptr;
  auto* watch = new SocketWatch(env);
  if (napi_get_uv_event_loop(env, &loop) == napi_ok) {
    const int status = uv_poll_init(loop, &watch->poll_, fd);
    if (status == 0) {
      watch->poll_.data = watch;
      // A worker that is terminated while it waits must leave no handle in its loop.
      napi_add_env_cleanup_hook(env, OnEnvironmentEnd, watch);
      return watch;
    }
    ThrowSystemError(env, {-status, "uv_poll_init", {}});
  }
  delete watch;
  return nullptr;
}

void SocketWatch::Start(Napi::Env env, bool readable, bool writable, Napi::Function listener) {
  listener_ = Napi::Persistent(listener);
  const int events = (readable ? UV_READABLE : 0) | (writable ? UV_WRITABLE : 0);
  const int status = uv_poll_start(&poll_, events, [](uv_poll_t* poll, int, int) {
    // An error counts as readiness: the next system call reports it.
    static_cast<SocketWatch*>(poll->data)->Ready();
  });
  if (status != 0) ThrowSystemError(env, {-status, "uv_poll_start", {}});
}

void SocketWatch::Stop() {
  uv_poll_stop(&poll_);
  listener_.Reset();
}

void SocketWatch::Ready() {
  Napi::HandleScope scope(env_);
  Napi::Function listener = listener_.Value();
  Stop();  // First: the listener may start the watch again, or close the socket.
  listener.MakeCallback(env_.Global(), {}, context_);
}

void SocketWatch::OnEnvironmentEnd(void* watch) { static_cast<SocketWatch*>(watch)->Close(); }

void SocketWatch::Close() {
  if (closing_) return;
  closing_ = true;
  napi_remove_env_cleanup_hook(env_, OnEnvironmentEnd, this);
  Stop();
  uv_close(reinterpret_cast<uv_handle_t*>(&poll_),
           [](uv_handle_t* handle) { delete static_cast<SocketWatch*>(handle->data); });
}

}  // namespace fluxnet
