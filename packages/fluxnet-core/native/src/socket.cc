#include "socket.h"

#include <sys/eventfd.h>
#include <sys/socket.h>

#include "args.h"
#include "queue.h"
#include "queue_table.h"

namespace fluxnet {
namespace {

// 0 or a negative errno. Where another isolate closes the socket in this very moment, the
// descriptor is none of a socket any more (XskFd::GiveUp).
int Answer(ssize_t result) {
  if (result >= 0) return 0;
  return errno == ENOTSOCK ? -EBADF : -errno;
}

}  // namespace

Napi::Function Socket::Define(Napi::Env env) {
  return DefineClass(
      env, kName,
      {InstanceMethod<&Socket::Rx>("rx"), InstanceMethod<&Socket::Tx>("tx"),
       InstanceMethod<&Socket::Bind>("bind"), InstanceMethod<&Socket::Kick>("kick"),
       InstanceMethod<&Socket::WakeRx>("wakeRx"), InstanceMethod<&Socket::Watch>("watch"),
       InstanceMethod<&Socket::Unwatch>("unwatch"),
       InstanceMethod<&Socket::Statistics>("statistics"),
       InstanceMethod<&Socket::SetOption>("setOption"),
       InstanceMethod<&Socket::GetOption>("getOption"), InstanceMethod<&Socket::Token>("token"),
       InstanceMethod<&Socket::Member>("member"),
       InstanceMethod<&Socket::IsOpen>("isOpen"), InstanceMethod<&Socket::Close>("close")});
}

Socket::Socket(const Napi::CallbackInfo& info) : ObjectWrap(info) {
  info.This().As<Napi::Object>().TypeTag(&kTypeTag);
  if (info.Length() == 1) {
    socket_.Borrow(info);
  } else {
    Open(info);
  }
  if (!socket_.get()) return;
  if (!rx_.Open(Env(), socket_->rx()) || !tx_.Open(Env(), socket_->tx())) CloseAll(Env());
}

void Socket::Open(const Napi::CallbackInfo& info) {
  Queue* queue = WrappedArg<Queue>(info, 0, "queue");
  if (queue == nullptr) return;
  if (!queue->open()) return ThrowClosed(Env(), "queue");
  const auto rx_size = IntegerArg(info, 1, "rxRingSize", 0, kMaxRingSize);
  if (!rx_size) return;
  const auto tx_size = IntegerArg(info, 2, "txRingSize", 0, kMaxRingSize);
  if (!tx_size) return;

  const bool adopted = !info[3].IsUndefined();
  std::optional<int64_t> fd = -1;
  if (adopted) fd = IntegerArg(info, 3, "fd", -1, INT32_MAX);
  if (!fd) return;
  SharedQueue& on = *queue->shared();
  auto socket = adopted ? SharedSocket::FromProcess(on, *rx_size, *tx_size, static_cast<int>(*fd),
                                              info[4].ToBoolean())
                        : SharedSocket::Open(on, *rx_size, *tx_size);
  if (!socket.ok()) return ThrowSystemError(Env(), socket.error());
  if (!queue->shared()->Adopt(socket.value())) return ThrowClosed(Env(), "queue");
  socket_.Own(Env(), std::move(socket.value()));
}

void Socket::Bind(const Napi::CallbackInfo& info) {
  Queue* queue = WrappedArg<Queue>(info, 0, "queue");
  if (queue == nullptr) return;
  const auto flags = IntegerArg(info, 1, "flags", 0, UINT16_MAX);
  if (!flags) return;
  const auto socket = xsk();
  if (!socket || !queue->open()) return ThrowClosed(info.Env(), "socket");
  const auto& shared = queue->shared();
  if (Failure failure = shared->Bind(socket, *flags)) {
    return ThrowSystemError(info.Env(), *failure);
  }
  QueueTable::Get().Add({shared->ifindex(),
                         shared->queue_id(),
                         shared,
                         {shared->fill().mapping, shared->completion().mapping,
                          socket_->rx().mapping, socket_->tx().mapping}});
}

Napi::Value Socket::Kick(const Napi::CallbackInfo& info) {
  int result = -EBADF;
  if (const auto xsk = this->xsk()) {
    result = Answer(sendto(xsk->fd.get(), nullptr, 0, MSG_DONTWAIT, nullptr, 0));
  }
  return Napi::Number::New(info.Env(), result);
}

Napi::Value Socket::WakeRx(const Napi::CallbackInfo& info) {
  int result = -EBADF;
  if (const auto xsk = this->xsk()) {
    result = Answer(recvfrom(xsk->fd.get(), nullptr, 0, MSG_DONTWAIT, nullptr, nullptr));
  }
  return Napi::Number::New(info.Env(), result);
}

void Socket::Watch(const Napi::CallbackInfo& info) {
  const bool readable = info[0].ToBoolean();
  const bool writable = info[1].ToBoolean();
  const auto listener = FunctionArg(info, 2, "listener");
  if (!listener) return;
  const auto xsk = this->xsk();
  if (!xsk) return ThrowClosed(info.Env(), "socket");
  if (!watch_ && !OpenWatch(info.Env(), xsk)) return;
  watch_->Start(info.Env(), readable, writable, *listener);
  closing_->Start(info.Env(), true, false, *listener);
}

bool Socket::OpenWatch(Napi::Env env, const std::shared_ptr<XskFd>& xsk) {
  const auto wakeup = std::make_shared<Fd>(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!wakeup->open()) {
    ThrowSystemError(env, LastError("eventfd"));
    return false;
  }
  closing_.reset(FdWatch::Open(env, wakeup->get(), wakeup));
  if (!closing_) return false;
  watch_.reset(FdWatch::Open(env, xsk->fd.get(), xsk));
  if (!watch_) return false;
  FdWatch::Pair(*watch_, *closing_);
  socket_->WakeOnClose(wakeup);
  return true;
}

void Socket::Unwatch(const Napi::CallbackInfo&) {
  if (!watch_) return;
  watch_->Stop();
  closing_->Stop();
}

Napi::Value Socket::Statistics(const Napi::CallbackInfo& info) {
  const auto xsk = this->xsk();
  if (!xsk) {
    ThrowClosed(info.Env(), "socket");
    return info.Env().Undefined();
  }
  xdp_statistics stats{};
  socklen_t length = sizeof(stats);
  if (getsockopt(xsk->fd.get(), SOL_XDP, XDP_STATISTICS, &stats, &length) != 0) {
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
  if (const auto xsk = this->xsk()) {
    const int option = static_cast<int>(*value);
    result = setsockopt(xsk->fd.get(), static_cast<int>(*level), static_cast<int>(*name), &option,
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
  if (const auto xsk = this->xsk()) {
    int option = 0;
    socklen_t length = sizeof(option);
    result = getsockopt(xsk->fd.get(), static_cast<int>(*level), static_cast<int>(*name), &option,
                        &length) != 0
                 ? -errno
                 : option;
  }
  return Napi::Number::New(info.Env(), result);
}

Napi::Value Socket::Member(const Napi::CallbackInfo& info) {
  const auto xsk = this->xsk();
  if (!xsk) return info.Env().Undefined();
  Napi::Object facts = Napi::Object::New(info.Env());
  facts.Set("fd", Napi::Number::New(info.Env(), xsk->fd.get()));
  facts.Set("bound", Napi::Boolean::New(info.Env(), xsk->bound));
  return facts;
}

Napi::Value SetXskOption(const Napi::CallbackInfo& info) {
  const auto fd = IntegerArg(info, 0, "fd", 0, INT32_MAX);
  if (!fd) return info.Env().Undefined();
  const auto level = IntegerArg(info, 1, "level", INT32_MIN, INT32_MAX);
  if (!level) return info.Env().Undefined();
  const auto name = IntegerArg(info, 2, "name", INT32_MIN, INT32_MAX);
  if (!name) return info.Env().Undefined();
  const auto value = IntegerArg(info, 3, "value", INT32_MIN, INT32_MAX);
  if (!value) return info.Env().Undefined();
  Result<Fd> xsk = DuplicateXsk(static_cast<int>(*fd));
  if (!xsk.ok()) return Napi::Number::New(info.Env(), -xsk.error().error);
  const int option = static_cast<int>(*value);
  const int failed = setsockopt(xsk.value().get(), static_cast<int>(*level),
                                static_cast<int>(*name), &option, sizeof(option));
  return Napi::Number::New(info.Env(), failed != 0 ? -errno : 0);
}

Napi::Value Socket::IsOpen(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), socket_.open());
}

void Socket::CloseAll(Napi::Env env) {
  watch_.reset();  // Before the descriptor it waits on.
  closing_.reset();
  rx_.Close(env);
  tx_.Close(env);
  socket_.Close();
}

}  // namespace fluxnet
