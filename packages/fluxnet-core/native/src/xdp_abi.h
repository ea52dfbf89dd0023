// AF_XDP constants that the distribution's headers may be too old to have
// (include/uapi/linux/if_xdp.h of Linux 6.18).
#pragma once

#include <linux/if_xdp.h>

#include <cstdint>

#ifndef AF_XDP
#define AF_XDP 44
#endif
#ifndef SOL_XDP
#define SOL_XDP 283
#endif
#ifndef XDP_USE_SG
#define XDP_USE_SG (1 << 4)
#endif

namespace fluxnet {

// struct xdp_umem_reg since Linux 6.8. An older kernel reads as many bytes of it as it knows,
// and knows none of the flags that the last member needs.
struct UmemReg {
  uint64_t addr;
  uint64_t len;
  uint32_t chunk_size;
  uint32_t headroom;
  uint32_t flags;
  uint32_t tx_metadata_len;
};
static_assert(sizeof(UmemReg) == 32);

}  // namespace fluxnet
