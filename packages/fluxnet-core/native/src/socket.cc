#include "socket.h"

#include <sys/socket.h>

#include "args.h"

namespace fluxnet {

Napi::Function Socket::Define(Napi::Env env) {
  return DefineClass(
      env, kName,
      {InstanceMethod<&Socket::Rx>("rx"), InstanceMethod<&Socket::Tx>("tx"),
       InstanceMethod<&Socket::Bind>("bind"), InstanceMethod<&Socket::Kick>("kick"),
       InstanceMethod<&Socket::WakeRx>("wakeRx"), InstanceMethod<&Socket::Watch>("watch"),
       InstanceMethod<&Socket::Unwatch>("unwatch"),
       InstanceMethod<&Socket::Statistics>("statistics"),
       InstanceMethod<&Socket::SetOption>("setOption"),
       InstanceMethod<&Socket::GetOption>("getOption"), InstanceMethod<&Socket::Close>("close")});
}

Socket::Socket(const Napi::CallbackInfo& info) : ObjectWrap(info) {
  info.This().As<Napi::Object>().TypeTag(&kTypeTag);
  Open(info);
}

void Socket::Open(const Napi::CallbackInfo& info) {
  Queue* queue = WrappedArg<Queue>(info, 0, "queue");
  if (queue == nullptr) return;
  if (!queue->open()) return ThrowClosed(Env(), "queue");
  const auto rx_size = IntegerArg(info, 1, "rxRingSize", 0, kMaxRingSize);
  if (!rx_size) return;
  const auto tx_size = IntegerArg(info, 2, "txRingSize", 0, kMaxRingSize);
  if (!tx_size) return;

  std::shared_ptr<XskFd> xsk;
  if (queue->TakeOwner()) {
    xsk = queue->xsk();
  } else if (!queue->xsk()->bound) {
    // It would share with the first one, which is not bound: yet, or never will be.
    return ThrowSystemError(Env(), {EBADF, "socket(AF_XDP)", {}});
  } else {
    auto opened = XskFd::Open();
    if (!opened.ok()) return ThrowSystemError(Env(), opened.error());
    xsk = std::move(opened.value());
  }
  if (*rx_size > 0 && !rx_.Open(Env(), *xsk, RingKind::kRx, *rx_size)) return;
  if (*tx_size > 0 && !tx_.Open(Env(), *xsk, RingKind::kTx, *tx_size)) {
    rx_.Close(Env());
    return;
  }
  xsk_ = std::move(xsk);
}

void Socket::Bind(const Napi::CallbackInfo& info) {
  Queue* queue = WrappedArg<Queue>(info, 0, "queue");
  if (queue == nullptr) return;
  const auto flags = IntegerArg(info, 1, "flags", 0, UINT16_MAX);
  if (!flags) return;
  if (!xsk_ || !queue->open()) return ThrowClosed(info.Env(), "socket");
  if (Failure failure = queue->Bind(xsk_, *flags)) ThrowSystemError(info.Env(), *failure);
}

Napi::Value Socket::Kick(const Napi::CallbackInfo& info) {
  int result = -EBADF;
  if (xsk_) {
    result = sendto(xsk_->fd.get(), nullptr, 0, MSG_DONTWAIT, nullptr, 0) < 0 ? -errno : 0;
  }
  return Napi::Number::New(info.Env(), result);
}

Napi::Value Socket::WakeRx(const Napi::CallbackInfo& info) {
  int result = -EBADF;
  if (xsk_) {
    result = recvfrom(xsk_->fd.get(), nullptr, 0, MSG_DONTWAIT, nullptr, nullptr) < 0 ? -errno : 0;
  }
  return Napi::Number::New(info.Env(), result);
}

void Socket::Watch(const Napi::CallbackInfo& info) {
  const bool readable = info[0].ToBoolean();
  const bool writable = info[1].ToBoolean();
  const auto listener = FunctionArg(info, 2, "listener");
  if (!listener) return;
  if (!xsk_) return ThrowClosed(info.Env(), "socket");
  if (!watch_) {
    watch_.reset(FdWatch::Open(info.Env(), xsk_->fd.get()));
    if (!watch_) return;
  }
  watch_->Start(info.Env(), readable, writable, *listener);
}

void Socket::Unwatch(const Napi::CallbackInfo&) {
  if (watch_) watch_->Stop();
}

Napi::Value Socket::Statistics(const Napi::CallbackInfo& info) {
  if (!xsk_) {
    ThrowClosed(info.Env(), "socket");
    return info.Env().Undefined();
  }
  xdp_statistics stats{};
  socklen_t length = sizeof(stats);
  if (getsockopt(xsk_->fd.get(), SOL_XDP, XDP_STATISTICS, &stats, &length) != 0) {
    ThrowSystemError(info.Env(), LastError("getsockopt(XDP_STATISTICS)"));
    return info.Env().Undefined();
  }
  Napi::Object out = Napi::Object::New(info.Env());
  const auto set = [&](const char* name, uint64_t value) {
    out.Set(name, Napi::Number::New(info.Env(), static_cast<double>(value)));
  };
  set("rxDropped", stats.rx_dropped);
  set("rxInvalidDescs", stats.rx_invalid_descs);
  set("txInvalidDescs", stats.tx_invalid_descs);
  set("rxRingFull", stats.rx_ring_full);
  set("rxFillRingEmptyDescs", stats.rx_fill_ring_empty_descs);
  set("txRingEmptyDescs", stats.tx_ring_empty_descs);
  return out;
}

Napi::Value Socket::SetOption(const Napi::CallbackInfo& info) {
  const auto level = IntegerArg(info, 0, "level", INT32_MIN, INT32_MAX);
  if (!level) return info.Env().Undefined();
  const auto name = IntegerArg(info, 1, "name", INT32_MIN, INT32_MAX);
  if (!name) return info.Env().Undefined();
  const auto value = IntegerArg(info, 2, "value", INT32_MIN, INT32_MAX);
  if (!value) return info.Env().Undefined();
  int result = -EBADF;
  if (xsk_) {
    const int option = static_cast<int>(*value);
    result = setsockopt(xsk_->fd.get(), static_cast<int>(*level), static_cast<int>(*name), &option,
                        sizeof(option)) != 0
                 ? -errno
                 : 0;
  }
  return Napi::Number::New(info.Env(), result);
}

Napi::Value Socket::GetOption(const Napi::CallbackInfo& info) {
  const auto level = IntegerArg(info, 0, "level", INT32_MIN, INT32_MAX);
  if (!level) return info.Env().Undefined();
  const auto name = IntegerArg(info, 1, "name", INT32_MIN, INT32_MAX);
  if (!name) return info.Env().Undefined();
  int result = -EBADF;
  if (xsk_) {
    int option = 0;
    socklen_t length = sizeof(option);
    result = getsockopt(xsk_->fd.get(), static_cast<int>(*level), static_cast<int>(*name), &option,
                        &length) != 0
                 ? -errno
                 : option;
  }
  return Napi::Number::New(info.Env(), result);
}

void Socket::Close(const Napi::CallbackInfo& info) {
  watch_.reset();  // Before the descriptor it waits on.
  rx_.Close(info.Env());
  tx_.Close(info.Env());
  xsk_.reset();
}

}  // namespace fluxnet
