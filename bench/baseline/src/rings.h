// SPDX-License-Identifier: MIT
// One socket with its four rings, and what every job does with them.
#ifndef BASELINE_RINGS_H_
#define BASELINE_RINGS_H_

#include <stdbool.h>
#include <stdint.h>
#include <xdp/xsk.h>

// Monotonic; a report subtracts what they were at the start.
struct counters {
  uint64_t rx_packets;
  uint64_t rx_bytes;
  uint64_t tx_packets;
  uint64_t tx_bytes;
  uint64_t completed;
  uint64_t kicks;
  uint64_t wakeups;       // recvfrom
  uint64_t polls;         // poll, for lack of work
  uint64_t not_sent;      // taken back: not for this job, or no room in the TX ring
  uint64_t device_drops;  // completed, but dropped by the device (EBUSY)
};

// The free frames, last in, first out.
struct pool {
  uint64_t* addresses;
  uint32_t free;
  uint64_t frame_mask;
};

struct port {
  const char* ifname;
  uint32_t ifindex;
  struct xsk_socket* xsk;
  int fd;
  struct xsk_ring_cons rx;
  struct xsk_ring_prod tx;
  struct xsk_ring_prod fill;
  struct xsk_ring_cons comp;
  // Frames that the kernel has to receive into, and how many it should have.
  uint32_t rx_outstanding;
  uint32_t fill_target;
  // Frames on their way out.
  uint32_t tx_outstanding;
  bool flush_pending;
  bool busy_poll;
  struct counters count;
};

static inline void pool_give(struct pool* pool, uint64_t address) {
  pool->addresses[pool->free++] = address & pool->frame_mask;
}

// Takes transmitted frames back into the pool. Returns how many.
uint32_t port_collect(struct port* port, struct pool* pool);

// Keeps the kernel supplied with frames to receive into, and awake.
void port_refill(struct port* port, struct pool* pool);

// Wakes the driver where it asks for it; with busy polling, runs it.
void port_wake_rx(struct port* port);

// Kicks until the kernel has taken everything, or as far as it can go now.
void port_flush(struct port* port, struct pool* pool);

#endif
