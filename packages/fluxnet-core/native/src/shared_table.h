// The process's objects that may be imported, by token. Isolates are threads: a message between
// them carries numbers, and this table is what they mean.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "shared_object.h"

namespace fluxnet {

class SharedTable {
 public:
  static SharedTable& Get();

  int64_t Add(std::weak_ptr<SharedObject> object);
  void Remove(int64_t token);
  // Null where it is closed, or never was.
  std::shared_ptr<SharedObject> Find(int64_t token);

 private:
  std::mutex mutex_;
  int64_t last_token_ = 0;
  std::unordered_map<int64_t, std::weak_ptr<SharedObject>> objects_;
};

}  // namespace fluxnet
