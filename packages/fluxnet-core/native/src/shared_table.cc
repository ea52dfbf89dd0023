#include "shared_table.h"

#include <utility>

namespace fluxnet {

SharedTable& SharedTable::Get() {
  static SharedTable table;
  return table;
}

int64_t SharedTable::Add(std::weak_ptr<SharedObject> object) {
  std::lock_guard lock(mutex_);
  objects_[++last_token_] = std::move(object);
  return last_token_;
}

void SharedTable::Remove(int64_t token) {
  std::lock_guard lock(mutex_);
  objects_.erase(token);
}

std::shared_ptr<SharedObject> SharedTable::Find(int64_t token) {
  std::lock_guard lock(mutex_);
  const auto found = objects_.find(token);
  auto object = found == objects_.end() ? nullptr : found->second.lock();
  return object && object->open() ? object : nullptr;
}

}  // namespace fluxnet
