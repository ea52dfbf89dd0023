// AF_XDP constants that the distribution's headers may be too old to have
// (include/uapi/linux/if_xdp.h of Linux 6.18).
#pragma once

#include <linux/if_xdp.h>

#ifndef AF_XDP
#define AF_XDP 44
#endif
#ifndef SOL_XDP
#define SOL_XDP 283
#endif
#ifndef XDP_USE_SG
#define XDP_USE_SG (1 << 4)
#endif
