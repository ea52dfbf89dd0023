// SPDX-License-Identifier: MIT
// The command line. `baseline --help` prints what it means.
#ifndef BASELINE_OPTIONS_H_
#define BASELINE_OPTIONS_H_

#include <stdbool.h>
#include <stdint.h>

#define MAX_INTERFACES 2

struct options {
  const char* job;
  const char* interfaces[MAX_INTERFACES];
  uint32_t interface_count;
  uint32_t queue;
  uint32_t batch;
  uint32_t rx_size;
  uint32_t tx_size;
  uint32_t fill_size;
  uint32_t comp_size;
  uint32_t frame_count;
  uint32_t frame_size;  // bytes
  uint32_t length;      // bytes of a packet that txonly sends
  uint32_t tx_budget;   // 0: the kernel's default
  uint32_t busy_poll_us;
  uint32_t busy_poll_budget;
  uint16_t bind_flags;
  bool generic;
  bool wait_in_poll;
  double duration_s;  // 0: commands on standard input
};

// Exits with 2 and a message that names the option when something is wrong with it.
void parse_options(int argc, char** argv, struct options* options);

#endif
