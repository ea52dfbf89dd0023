#include "queue.h"

#include "args.h"
#include "umem.h"

namespace fluxnet {

Napi::Function Queue::Define(Napi::Env env) {
  return DefineClass(
      env, kName,
      {InstanceMethod<&Queue::Fill>("fill"), InstanceMethod<&Queue::Completion>("completion"),
       InstanceMethod<&Queue::Token>("token"), InstanceMethod<&Queue::Member>("member"),
       InstanceMethod<&Queue::IsOpen>("isOpen"),
       InstanceMethod<&Queue::Close>("close")});
}

Queue::Queue(const Napi::CallbackInfo& info) : ObjectWrap(info) {
  info.This().As<Napi::Object>().TypeTag(&kTypeTag);
  if (info.Length() == 1) {
    queue_.Borrow(info);
  } else {
    Open(info);
  }
  if (!queue_.get()) return;
  if (!fill_.Open(Env(), queue_->fill()) || !completion_.Open(Env(), queue_->completion())) {
    CloseAll(Env());
  }
}

void Queue::Open(const Napi::CallbackInfo& info) {
  Umem* umem = WrappedArg<Umem>(info, 0, "umem");
  if (umem == nullptr) return;
  if (!umem->open()) return ThrowClosed(Env(), "umem");
  const auto ifindex = IntegerArg(info, 1, "ifindex", 0, INT32_MAX);
  if (!ifindex) return;
  // The kernel keeps 16 bits of it and would bind 65537 to queue 1.
  const auto queue_id = IntegerArg(info, 2, "queueId", 0, UINT16_MAX);
  if (!queue_id) return;
  const auto fill_size = IntegerArg(info, 3, "fillRingSize", 0, kMaxRingSize);
  if (!fill_size) return;
  const auto completion_size = IntegerArg(info, 4, "completionRingSize", 0, kMaxRingSize);
  if (!completion_size) return;

  std::optional<int64_t> fd = -1;
  if (!info[5].IsUndefined()) fd = IntegerArg(info, 5, "fd", 0, INT32_MAX);
  if (!fd) return;
  const SharedQueue::Options options{
      static_cast<uint32_t>(*ifindex), static_cast<uint32_t>(*queue_id),
      static_cast<uint32_t>(*fill_size), static_cast<uint32_t>(*completion_size)};
  const SharedQueue::Member member{static_cast<int>(*fd), info[6].ToBoolean(), info[7].ToBoolean(),
                                   info[8].ToBoolean()};
  auto queue = member.fd < 0 ? SharedQueue::Open(umem->group(), options)
                             : SharedQueue::FromProcess(umem->group(), options, member);
  if (!queue.ok()) return ThrowSystemError(Env(), queue.error());
  if (!umem->group()->Adopt(queue.value())) return ThrowClosed(Env(), "umem");
  queue_.Own(Env(), std::move(queue.value()));
}

Napi::Value Queue::Member(const Napi::CallbackInfo& info) {
  if (!open()) return info.Env().Undefined();
  const SharedQueue::Member member = queue_->AsMember();
  Napi::Object facts = Napi::Object::New(info.Env());
  facts.Set("fd", Napi::Number::New(info.Env(), member.fd));
  facts.Set("bound", Napi::Boolean::New(info.Env(), member.bound));
  facts.Set("registered", Napi::Boolean::New(info.Env(), member.registered));
  facts.Set("ownerFree", Napi::Boolean::New(info.Env(), member.first_free));
  return facts;
}

Napi::Value Queue::IsOpen(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), open());
}

void Queue::CloseAll(Napi::Env env) {
  fill_.Close(env);
  completion_.Close(env);
  queue_.Close();
}

}  // namespace fluxnet
