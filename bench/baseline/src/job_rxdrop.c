// SPDX-License-Identifier: MIT
#include "jobs.h"

void rxdrop_prepare(struct bench* bench) {
  // Nothing is sent, so all frames can be the kernel's, as many as the ring holds.
  struct port* port = &bench->ports[0];
  port->fill_target = bench->options->frame_count < bench->options->fill_size
                          ? bench->options->frame_count
                          : bench->options->fill_size;
  bench_receive(bench);
}

// Moves each frame from the RX ring straight back to the fill ring.
uint32_t rxdrop_pass(struct bench* bench) {
  struct port* port = &bench->ports[0];
  uint32_t rx_first;
  const uint32_t count = xsk_ring_cons__peek(&port->rx, bench->options->batch, &rx_first);
  if (count == 0) {
    port_wake_rx(port);
    return 0;
  }
  uint32_t fill_first;
  // The fill ring holds every frame posted, but the kernel's index may lag behind for a moment.
  while (xsk_ring_prod__reserve(&port->fill, count, &fill_first) == 0) port_wake_rx(port);
  uint64_t bytes = 0;
  for (uint32_t i = 0; i < count; i++) {
    const struct xdp_desc* desc = xsk_ring_cons__rx_desc(&port->rx, rx_first + i);
    bytes += desc->len;
    *xsk_ring_prod__fill_addr(&port->fill, fill_first + i) = desc->addr;
  }
  xsk_ring_cons__release(&port->rx, count);
  xsk_ring_prod__submit(&port->fill, count);
  port_wake_rx(port);
  port->count.rx_packets += count;
  port->count.rx_bytes += bytes;
  return count;
}
