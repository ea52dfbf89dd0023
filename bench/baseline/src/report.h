// SPDX-License-Identifier: MIT
// What the program says: one JSON object per line on standard output.
#ifndef BASELINE_REPORT_H_
#define BASELINE_REPORT_H_

#include <linux/if_xdp.h>
#include <stdint.h>

#include "bench.h"

// A moment; a report is the difference of two.
struct snapshot {
  uint64_t now_ns;
  uint64_t user_ns;
  uint64_t system_ns;
  struct counters count;
  struct xdp_statistics kernel;
};

void take_snapshot(const struct bench* bench, struct snapshot* snapshot);

// {"event":"ready", ...} with the modes that really hold.
void print_ready(const struct bench* bench);

// {"event":"started"}
void print_started(void);

// {"event":"report", ...}: everything since `start`.
void print_report(const struct bench* bench, const struct snapshot* start);

#endif
