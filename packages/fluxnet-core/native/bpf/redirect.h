// SPDX-License-Identifier: MIT
// What the redirect program and the addon agree on.
#ifndef FLUXNET_BPF_REDIRECT_H_
#define FLUXNET_BPF_REDIRECT_H_

// Slots of the per-CPU map `counters`.
enum fluxnet_counter {
  FLUXNET_COUNTER_REDIRECTED = 0,
  FLUXNET_COUNTER_PASSED = 1,
  FLUXNET_COUNTER_COUNT = 2,
};

#endif
