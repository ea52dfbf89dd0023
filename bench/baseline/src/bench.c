// SPDX-License-Identifier: MIT
#include "bench.h"

#include <errno.h>
#include <net/if.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>

#include "fail.h"
#include "program.h"

// Constants that the distribution's headers may be too old to have
// (include/uapi/linux/if_xdp.h, include/uapi/asm-generic/socket.h of Linux 6.18).
#ifndef SOL_XDP
#define SOL_XDP 283
#endif
#ifndef XDP_MAX_TX_SKB_BUDGET
#define XDP_MAX_TX_SKB_BUDGET 9
#endif
#ifndef SO_PREFER_BUSY_POLL
#define SO_PREFER_BUSY_POLL 69
#endif
#ifndef SO_BUSY_POLL_BUDGET
#define SO_BUSY_POLL_BUDGET 70
#endif

#define DEFAULT_TX_BUDGET 32
// The kernel releases a queue some milliseconds after its last user has gone.
#define BIND_ATTEMPTS 100
#define BIND_PAUSE_NS 10000000

static void open_memory(struct bench* bench) {
  const struct options* options = bench->options;
  const size_t size = (size_t)options->frame_count * options->frame_size;
  // Shared, as fluxnet's memory: pages of 4 KiB on both sides, unless somebody changes both.
  bench->memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (bench->memory == MAP_FAILED) fail("map", "the frames", errno);
  bench->pool = (struct pool){
      .addresses = calloc(options->frame_count, sizeof(uint64_t)),
      .frame_mask = ~((uint64_t)options->frame_size - 1),
  };
  if (bench->pool.addresses == NULL) fail("allocate", "the pool", ENOMEM);
  for (uint32_t i = options->frame_count; i > 0; i--) {
    pool_give(&bench->pool, (uint64_t)(i - 1) * options->frame_size);
  }
  const struct rlimit unlimited = {RLIM_INFINITY, RLIM_INFINITY};
  setrlimit(RLIMIT_MEMLOCK, &unlimited);  // May fail; registration says whether it mattered.
  const struct xsk_umem_config config = {
      .fill_size = options->fill_size,
      .comp_size = options->comp_size,
      .frame_size = options->frame_size,
  };
  // The rings made here are those of the first port.
  const int status = xsk_umem__create(&bench->umem, bench->memory, size, &bench->ports[0].fill,
                                      &bench->ports[0].comp, &config);
  if (status != 0) fail("register", "the UMEM", -status);
}

static int create_socket(struct bench* bench, struct port* port) {
  const struct options* options = bench->options;
  const struct xsk_socket_config config = {
      .rx_size = options->rx_size,
      .tx_size = options->tx_size,
      .libxdp_flags = XSK_LIBXDP_FLAGS__INHIBIT_PROG_LOAD,
      .bind_flags = options->bind_flags,
  };
  return xsk_socket__create_shared(&port->xsk, port->ifname, options->queue, bench->umem, &port->rx,
                                   &port->tx, &port->fill, &port->comp, &config);
}

static void set_option(struct port* port, int name, int value, const char* doing) {
  if (setsockopt(port->fd, SOL_SOCKET, name, &value, sizeof(value)) != 0) {
    fail(doing, port->ifname, errno);
  }
}

static void configure(struct bench* bench, struct port* port) {
  const struct options* options = bench->options;
  bench->tx_budget = DEFAULT_TX_BUDGET;
  if (options->tx_budget != 0) {
    const int budget = (int)options->tx_budget;
    const int status =
        setsockopt(port->fd, SOL_XDP, XDP_MAX_TX_SKB_BUDGET, &budget, sizeof(budget));
    if (status == 0) {
      bench->tx_budget = options->tx_budget;
    } else if (errno != ENOPROTOOPT) {  // Before Linux 6.17 there is no such option.
      fail("set the TX budget of", port->ifname, errno);
    }
  }
  if (options->busy_poll_us != 0) {
    set_option(port, SO_PREFER_BUSY_POLL, 1, "prefer busy polling on");
    set_option(port, SO_BUSY_POLL, (int)options->busy_poll_us, "busy-poll");
    set_option(port, SO_BUSY_POLL_BUDGET, (int)options->busy_poll_budget,
               "set the busy-poll budget of");
    port->busy_poll = true;
  }
}

static void open_port(struct bench* bench, struct port* port, const char* ifname) {
  port->ifname = ifname;
  port->ifindex = if_nametoindex(ifname);
  if (port->ifindex == 0) fail("find", ifname, errno);
  int status = create_socket(bench, port);
  for (int attempt = 1; status == -EBUSY && attempt < BIND_ATTEMPTS; attempt++) {
    nanosleep(&(struct timespec){.tv_nsec = BIND_PAUSE_NS}, NULL);
    status = create_socket(bench, port);
  }
  if (status != 0) fail("bind to", ifname, -status);
  port->fd = xsk_socket__fd(port->xsk);
  // What is not posted to receive into is left for packets on their way out.
  port->fill_target = bench->options->frame_count / 2 / bench->options->interface_count;
  if (port->fill_target > bench->options->fill_size) port->fill_target = bench->options->fill_size;
  configure(bench, port);
}

void bench_open(struct bench* bench, const struct options* options) {
  *bench = (struct bench){.options = options, .port_count = options->interface_count};
  open_memory(bench);
  for (uint32_t i = 0; i < bench->port_count; i++) {
    open_port(bench, &bench->ports[i], options->interfaces[i]);
  }
}

void bench_receive(struct bench* bench) {
  for (uint32_t i = 0; i < bench->port_count; i++) {
    struct port* port = &bench->ports[i];
    port_refill(port, &bench->pool);
    attach_redirect(port->ifindex, port->ifname, bench->options->generic, bench->options->queue,
                    port->fd);
  }
}
