#include "queue.h"

#include "args.h"
#include "umem.h"

namespace fluxnet {

Napi::Function Queue::Define(Napi::Env env) {
  return DefineClass(
      env, kName,
      {InstanceMethod<&Queue::Fill>("fill"), InstanceMethod<&Queue::Completion>("completion"),
       InstanceMethod<&Queue::Close>("close")});
}

Queue::Queue(const Napi::CallbackInfo& info) : ObjectWrap(info) {
  info.This().As<Napi::Object>().TypeTag(&kTypeTag);
  Open(info);
}

void Queue::Open(const Napi::CallbackInfo& info) {
  Umem* umem = WrappedArg<Umem>(info, 0, "umem");
  if (umem == nullptr) return;
  if (umem->group() == nullptr) return ThrowClosed(Env(), "umem");
  const auto ifindex = IntegerArg(info, 1, "ifindex", 0, INT32_MAX);
  if (!ifindex) return;
  // The kernel keeps 16 bits of it and would bind 65537 to queue 1.
  const auto queue_id = IntegerArg(info, 2, "queueId", 0, UINT16_MAX);
  if (!queue_id) return;
  const auto fill_size = IntegerArg(info, 3, "fillRingSize", 0, kMaxRingSize);
  if (!fill_size) return;
  const auto completion_size = IntegerArg(info, 4, "completionRingSize", 0, kMaxRingSize);
  if (!completion_size) return;

  auto xsk = umem->group()->TakeSocket();
  if (!xsk.ok()) return ThrowSystemError(Env(), xsk.error());
  if (!fill_.Open(Env(), *xsk.value(), RingKind::kFill, *fill_size)) return;
  if (!completion_.Open(Env(), *xsk.value(), RingKind::kCompletion, *completion_size)) {
    fill_.Close(Env());
    return;
  }
  group_ = umem->group();
  xsk_ = std::move(xsk.value());
  ifindex_ = *ifindex;
  queue_id_ = *queue_id;
}

Failure Queue::Bind(const std::shared_ptr<XskFd>& xsk, uint16_t flags) {
  if (xsk == xsk_) return group_->BindQueue(xsk, ifindex_, queue_id_, flags);
  return BindShared(*xsk, ifindex_, queue_id_, *xsk_);
}

void Queue::Close(const Napi::CallbackInfo& info) {
  fill_.Close(info.Env());
  completion_.Close(info.Env());
  xsk_.reset();
  group_.reset();
}

}  // namespace fluxnet
