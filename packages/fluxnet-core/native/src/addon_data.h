// What the addon keeps for one environment.
#pragma once

#include <napi.h>

#include <memory>
#include <utility>
#include <vector>

#include "mapping.h"

namespace fluxnet {

class AddonData {
 public:
  static AddonData& Of(Napi::Env env) { return *env.GetInstanceData<AddonData>(); }

  // Keeps the address range of a retired mapping from being used again until the environment ends.
  void Keep(std::shared_ptr<Mapping> mapping) { retired_.push_back(std::move(mapping)); }

 private:
  std::vector<std::shared_ptr<Mapping>> retired_;
};

}  // namespace fluxnet
