// What the addon keeps for one environment.
#pragma once

#include <napi.h>

#include <memory>
#include <vector>

#include "shared_object.h"

namespace fluxnet {

class AddonData {
 public:
  static AddonData& Of(Napi::Env env) { return *env.GetInstanceData<AddonData>(); }

  // The environment ends, a terminated worker's for instance: what it owned ends for all. It has
  // run its other finalizers before this one, so that what nobody else held is gone already.
  ~AddonData() {
    for (const auto& object : owned_) {
      if (auto open = object.lock()) open->Close();
    }
  }

  void Own(const std::shared_ptr<SharedObject>& object) {
    std::erase_if(owned_, [](const auto& known) { return known.expired(); });
    owned_.push_back(object);
  }

 private:
  std::vector<std::weak_ptr<SharedObject>> owned_;
};

}  // namespace fluxnet
