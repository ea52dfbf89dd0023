#include "queue_table.h"

#include <algorithm>
#include <utility>

#include "args.h"

namespace fluxnet {
namespace {

bool IsOpen(const QueueTable::Binding& binding) {
  const auto queue = binding.queue.lock();
  return queue && queue->open();
}

bool IsMapped(const QueueTable::Binding& binding) {
  return std::any_of(binding.rings.begin(), binding.rings.end(), [](const auto& ring) {
    const auto mapping = ring.lock();
    return mapping && !mapping->retired();
  });
}

}  // namespace

QueueTable& QueueTable::Get() {
  static QueueTable table;
  return table;
}

void QueueTable::Add(Binding binding) {
  std::lock_guard lock(mutex_);
  std::erase_if(bindings_, [](const Binding& known) { return !IsOpen(known) && !IsMapped(known); });
  bindings_.push_back(std::move(binding));
}

QueueTable::Holder QueueTable::Find(uint32_t ifindex, uint32_t queue_id) {
  std::lock_guard lock(mutex_);
  Holder holder = Holder::kElsewhere;
  for (const Binding& binding : bindings_) {
    if (binding.ifindex != ifindex || binding.queue_id != queue_id) continue;
    if (IsOpen(binding)) return Holder::kObject;
    if (IsMapped(binding)) holder = Holder::kMapping;
  }
  return holder;
}

Napi::Value QueueTable::QueueHolder(const Napi::CallbackInfo& info) {
  const auto ifindex = IntegerArg(info, 0, "ifindex", 0, UINT32_MAX);
  if (!ifindex) return info.Env().Undefined();
  const auto queue_id = IntegerArg(info, 1, "queueId", 0, UINT32_MAX);
  if (!queue_id) return info.Env().Undefined();
  const char* name = "elsewhere";
  switch (Get().Find(static_cast<uint32_t>(*ifindex), static_cast<uint32_t>(*queue_id))) {
    case Holder::kObject:
      name = "object";
      break;
    case Holder::kMapping:
      name = "mapping";
      break;
    case Holder::kElsewhere:
      break;
  }
  return Napi::String::New(info.Env(), name);
}

}  // namespace fluxnet
