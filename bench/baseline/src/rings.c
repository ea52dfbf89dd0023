// SPDX-License-Identifier: MIT
#include "rings.h"

#include <errno.h>
#include <sys/socket.h>

#include "fail.h"

// A kick sends at most the TX budget (32 by default); more kicks than this wait for a pass.
#define MAX_KICKS_PER_FLUSH 128

uint32_t port_collect(struct port* port, struct pool* pool) {
  uint32_t first;
  const uint32_t count = xsk_ring_cons__peek(&port->comp, port->comp.size, &first);
  if (count == 0) return 0;
  for (uint32_t i = 0; i < count; i++) {
    pool_give(pool, *xsk_ring_cons__comp_addr(&port->comp, first + i));
  }
  xsk_ring_cons__release(&port->comp, count);
  port->tx_outstanding -= count;
  port->count.completed += count;
  return count;
}

void port_refill(struct port* port, struct pool* pool) {
  uint32_t missing = port->fill_target - port->rx_outstanding;
  if (missing > pool->free) missing = pool->free;
  const uint32_t room = xsk_prod_nb_free(&port->fill, missing);
  if (missing > room) missing = room;
  uint32_t first;
  if (missing > 0 && xsk_ring_prod__reserve(&port->fill, missing, &first) == missing) {
    for (uint32_t i = 0; i < missing; i++) {
      *xsk_ring_prod__fill_addr(&port->fill, first + i) = pool->addresses[--pool->free];
    }
    xsk_ring_prod__submit(&port->fill, missing);
    port->rx_outstanding += missing;
  }
  port_wake_rx(port);
}

void port_wake_rx(struct port* port) {
  if (!port->busy_poll && !xsk_ring_prod__needs_wakeup(&port->fill)) return;
  port->count.wakeups++;
  recvfrom(port->fd, NULL, 0, MSG_DONTWAIT, NULL, NULL);  // Never returns data.
}

void port_flush(struct port* port, struct pool* pool) {
  if (!port->flush_pending) return;
  if (!port->busy_poll && !xsk_ring_prod__needs_wakeup(&port->tx)) {
    port->flush_pending = false;
    return;
  }
  for (uint32_t kicks = 0; kicks < MAX_KICKS_PER_FLUSH; kicks++) {
    const uint32_t before = __atomic_load_n(port->tx.consumer, __ATOMIC_ACQUIRE);
    port->count.kicks++;
    if (sendto(port->fd, NULL, 0, MSG_DONTWAIT, NULL, 0) >= 0) {
      port->flush_pending = false;
      return;
    }
    switch (errno) {
      case EAGAIN:  // Budget or completion ring used up.
        if (port_collect(port, pool) == 0 &&
            __atomic_load_n(port->tx.consumer, __ATOMIC_ACQUIRE) == before) {
          return;
        }
        break;
      case EBUSY:  // One packet was dropped by the device and completed; the rest can go on.
        port->count.device_drops++;
        break;
      case ENOBUFS:
      case ENETDOWN:
        return;
      default:
        fail("kick", port->ifname, errno);
    }
  }
}
