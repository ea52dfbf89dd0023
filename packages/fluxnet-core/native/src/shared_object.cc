#include "shared_object.h"

#include <utility>

#include "shared_table.h"

namespace fluxnet {

SharedObject::~SharedObject() {
  if (token_ != 0) SharedTable::Get().Remove(token_);
}

void SharedObject::Close() {
  std::vector<std::weak_ptr<SharedObject>> children;
  {
    std::lock_guard lock(mutex_);
    if (!open_.exchange(false)) return;
    children.swap(children_);
  }
  for (auto child = children.rbegin(); child != children.rend(); ++child) {
    if (auto object = child->lock()) object->Close();
  }
  Release();
}

bool SharedObject::Adopt(const std::shared_ptr<SharedObject>& child) {
  {
    std::lock_guard lock(mutex_);
    if (open_) {
      std::erase_if(children_, [](const auto& known) { return known.expired(); });
      children_.push_back(child);
      return true;
    }
  }
  child->Close();
  return false;
}

int64_t SharedObject::TokenOf(const std::shared_ptr<SharedObject>& object) {
  std::lock_guard lock(object->mutex_);
  if (object->token_ == 0) object->token_ = SharedTable::Get().Add(object);
  return object->token_;
}

}  // namespace fluxnet
