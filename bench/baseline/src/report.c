// SPDX-License-Identifier: MIT
#include "report.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>

#include "fail.h"

#ifndef SOL_XDP
#define SOL_XDP 283
#endif

static uint64_t nanoseconds(struct timeval time) {
  return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_usec * 1000;
}

// All fields of both structures are u64, summed over the ports.
static void add(void* total, const void* part, size_t size) {
  uint64_t* sums = total;
  const uint64_t* values = part;
  for (size_t i = 0; i < size / sizeof(uint64_t); i++) sums[i] += values[i];
}

static void subtract(void* from, const void* what, size_t size) {
  uint64_t* values = from;
  const uint64_t* less = what;
  for (size_t i = 0; i < size / sizeof(uint64_t); i++) values[i] -= less[i];
}

void take_snapshot(const struct bench* bench, struct snapshot* snapshot) {
  memset(snapshot, 0, sizeof(*snapshot));
  for (uint32_t i = 0; i < bench->port_count; i++) {
    const struct port* port = &bench->ports[i];
    add(&snapshot->count, &port->count, sizeof(port->count));
    struct xdp_statistics kernel = {0};
    socklen_t size = sizeof(kernel);
    if (port->fd > 0 && getsockopt(port->fd, SOL_XDP, XDP_STATISTICS, &kernel, &size) != 0) {
      fail("read the statistics of", port->ifname, errno);
    }
    add(&snapshot->kernel, &kernel, sizeof(kernel));
  }
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  snapshot->user_ns = nanoseconds(usage.ru_utime);
  snapshot->system_ns = nanoseconds(usage.ru_stime);
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  snapshot->now_ns = (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static bool is_zerocopy(const struct bench* bench) {
  struct xdp_options options = {0};
  socklen_t size = sizeof(options);
  const int fd = bench->ports[0].fd;
  if (fd > 0) getsockopt(fd, SOL_XDP, XDP_OPTIONS, &options, &size);
  return (options.flags & XDP_OPTIONS_ZEROCOPY) != 0;
}

void print_ready(const struct bench* bench) {
  const struct options* options = bench->options;
  printf("{\"event\":\"ready\",\"job\":\"%s\",\"attachMode\":\"%s\",\"copyMode\":\"%s\",",
         options->job, options->generic ? "generic" : "native",
         is_zerocopy(bench) ? "zerocopy" : "copy");
  printf("\"needWakeup\":%s,\"txBudget\":%u,\"busyPollUs\":%u}\n",
         (options->bind_flags & XDP_USE_NEED_WAKEUP) != 0 ? "true" : "false", bench->tx_budget,
         options->busy_poll_us);
  fflush(stdout);
}

void print_started(void) {
  puts("{\"event\":\"started\"}");
  fflush(stdout);
}

static void print_number(const char* name, uint64_t value) {
  printf(",\"%s\":%" PRIu64, name, value);
}

void print_report(const struct bench* bench, const struct snapshot* start) {
  struct snapshot s;
  take_snapshot(bench, &s);
  subtract(&s.count, &start->count, sizeof(s.count));
  subtract(&s.kernel, &start->kernel, sizeof(s.kernel));
  // What the job is about: packets received where nothing is sent, else packets sent.
  const bool receives = strcmp(bench->options->job, "rxdrop") == 0;
  printf("{\"event\":\"report\"");
  print_number("elapsedNs", s.now_ns - start->now_ns);
  print_number("packets", receives ? s.count.rx_packets : s.count.completed);
  print_number("bytes", receives ? s.count.rx_bytes : s.count.tx_bytes);
  print_number("userNs", s.user_ns - start->user_ns);
  print_number("systemNs", s.system_ns - start->system_ns);
  print_number("rxPackets", s.count.rx_packets);
  print_number("rxBytes", s.count.rx_bytes);
  print_number("txPackets", s.count.tx_packets);
  print_number("txBytes", s.count.tx_bytes);
  print_number("completed", s.count.completed);
  print_number("kicks", s.count.kicks);
  print_number("wakeups", s.count.wakeups);
  print_number("polls", s.count.polls);
  print_number("notSent", s.count.not_sent);
  print_number("deviceDrops", s.count.device_drops);
  printf(",\"kernel\":{\"rxDropped\":%llu", s.kernel.rx_dropped);
  print_number("rxInvalidDescs", s.kernel.rx_invalid_descs);
  print_number("txInvalidDescs", s.kernel.tx_invalid_descs);
  print_number("rxRingFull", s.kernel.rx_ring_full);
  print_number("rxFillRingEmptyDescs", s.kernel.rx_fill_ring_empty_descs);
  print_number("txRingEmptyDescs", s.kernel.tx_ring_empty_descs);
  puts("}}");
  fflush(stdout);
}
