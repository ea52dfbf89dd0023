// SPDX-License-Identifier: MIT
// The part that l2fwd and echo have in common: receive a batch, send what is wanted of it.
#ifndef BASELINE_FORWARD_H_
#define BASELINE_FORWARD_H_

#include "bench.h"

// Inlined with its constant `wanted`, so that the loop has no call through a pointer. `wanted` may
// change the packet; what it refuses goes back into the pool.
static inline __attribute__((always_inline)) uint32_t forward_batch(
    struct bench* bench, struct port* from, struct port* to,
    bool (*wanted)(unsigned char* packet, uint32_t length)) {
  struct pool* pool = &bench->pool;
  uint32_t rx_first;
  const uint32_t count = xsk_ring_cons__peek(&from->rx, bench->options->batch, &rx_first);
  if (count == 0) return 0;
  uint32_t room = xsk_prod_nb_free(&to->tx, count);
  if (room > count) room = count;
  uint32_t tx_first = 0;
  if (room > 0) xsk_ring_prod__reserve(&to->tx, room, &tx_first);
  uint32_t sent = 0;
  uint64_t rx_bytes = 0;
  uint64_t tx_bytes = 0;
  for (uint32_t i = 0; i < count; i++) {
    const struct xdp_desc desc = *xsk_ring_cons__rx_desc(&from->rx, rx_first + i);
    rx_bytes += desc.len;
    if (sent == room || !wanted(bench->memory + desc.addr, desc.len)) {
      pool_give(pool, desc.addr);
      continue;
    }
    *xsk_ring_prod__tx_desc(&to->tx, tx_first + sent++) =
        (struct xdp_desc){.addr = desc.addr, .len = desc.len};
    tx_bytes += desc.len;
  }
  xsk_ring_cons__release(&from->rx, count);
  to->tx.cached_prod -= room - sent;  // Reserved and not used.
  if (sent > 0) {
    xsk_ring_prod__submit(&to->tx, sent);
    to->flush_pending = true;
  }
  from->rx_outstanding -= count;
  from->count.rx_packets += count;
  from->count.rx_bytes += rx_bytes;
  from->count.not_sent += count - sent;
  to->tx_outstanding += sent;
  to->count.tx_packets += sent;
  to->count.tx_bytes += tx_bytes;
  return count;
}

#endif
