// What only the driver of an interface knows.
#pragma once

#include <napi.h>

namespace fluxnet {

// ethtool(ifname) -> NativeEthtool (native.ts); what the driver does not answer is undefined.
// ioctl(SIOCETHTOOL) with ETHTOOL_GDRVINFO, _GCHANNELS, _GRINGPARAM, _GSSET_INFO, _GSTRINGS and
// _GFEATURES; all of them need no rights (dev_ethtool, net/ethtool/ioctl.c).
Napi::Value Ethtool(const Napi::CallbackInfo& info);

}  // namespace fluxnet
