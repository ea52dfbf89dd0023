// The queues that this process is bound to. The kernel does not say who has a queue, so that a
// conflict with oneself is told from one with another process by this table.
#pragma once

#include <napi.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "mapping.h"
#include "shared_object.h"

namespace fluxnet {

class QueueTable {
 public:
  struct Binding {
    uint32_t ifindex;
    uint32_t queue_id;
    std::weak_ptr<SharedObject> queue;
    std::vector<std::weak_ptr<Mapping>> rings;  // Each keeps the queue busy while it is mapped.
  };
  enum class Holder { kElsewhere, kMapping, kObject };

  static QueueTable& Get();
  void Add(Binding binding);
  Holder Find(uint32_t ifindex, uint32_t queue_id);

  // queueHolder(ifindex, queueId) -> 'object' | 'mapping' | 'elsewhere'
  static Napi::Value QueueHolder(const Napi::CallbackInfo& info);

 private:
  std::mutex mutex_;
  std::vector<Binding> bindings_;
};

}  // namespace fluxnet
