// Facts of network interfaces.
#pragma once

#include <napi.h>

namespace fluxnet {

// interfaces() -> names in order of index: if_nameindex
Napi::Value Interfaces(const Napi::CallbackInfo& info);

// interfaceInfo(name) -> InterfaceInfo of the contract:
// if_nametoindex, ioctl(SIOCGIF*), ioctl(SIOCETHTOOL), RTM_GETLINK. Needs no rights.
Napi::Value InterfaceInfo(const Napi::CallbackInfo& info);

}  // namespace fluxnet
