// SPDX-License-Identifier: MIT
// What a job works with: ports over one UMEM.
#ifndef BASELINE_BENCH_H_
#define BASELINE_BENCH_H_

#include "options.h"
#include "rings.h"

struct bench {
  const struct options* options;
  unsigned char* memory;  // frame_count * frame_size bytes
  struct xsk_umem* umem;
  struct pool pool;
  struct port ports[MAX_INTERFACES];
  uint32_t port_count;
  uint32_t tx_budget;  // what really holds
};

// Maps and registers memory, opens and binds a socket per interface.
void bench_open(struct bench* bench, const struct options* options);

// Gives every port its frames and attaches the redirect programs.
void bench_receive(struct bench* bench);

#endif
