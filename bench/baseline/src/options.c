// SPDX-License-Identifier: MIT
#include "options.h"

#include <getopt.h>
#include <linux/if_xdp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char kHelp[] =
    "Usage: baseline <job> --interface NAME [options]\n"
    "\n"
    "Jobs:\n"
    "  rxdrop   receive and give the frame back\n"
    "  txonly   send UDP packets\n"
    "  l2fwd    forward between two interfaces over one UMEM, or back out of one, unchanged\n"
    "  echo     send UDP packets back with addresses and ports swapped (static neighbours: no "
    "ARP)\n"
    "  drop     no socket: drop everything in XDP, as the far end of a sender\n"
    "\n"
    "Options:\n"
    "  --interface NAME        once, or twice for l2fwd\n"
    "  --queue N               default 0\n"
    "  --batch N               packets per pass, 1 to 256; default 64\n"
    "  --rx-size, --tx-size, --fill-size, --comp-size N   ring entries; default 2048\n"
    "  --frame-count N         default 4096\n"
    "  --frame-size BYTES      2048 or 4096; default 2048\n"
    "  --length BYTES          of a packet of txonly, 60 to 1514; default 64\n"
    "  --no-need-wakeup        bind without XDP_USE_NEED_WAKEUP\n"
    "  --tx-budget N           XDP_MAX_TX_SKB_BUDGET, where the kernel has it\n"
    "  --busy-poll US          SO_PREFER_BUSY_POLL and SO_BUSY_POLL\n"
    "  --busy-poll-budget N    SO_BUSY_POLL_BUDGET; default 64\n"
    "  --copy | --zerocopy     default: what the driver can do\n"
    "  --native | --generic    where the XDP program runs; default native\n"
    "  --wait spin|poll        what to do when there is nothing to do; default spin\n"
    "  --duration SECONDS      run once and report; without it commands are read from standard\n"
    "                          input: start, stop, report, quit\n";

static _Noreturn void usage_error(const char* option, const char* value, const char* allowed) {
  fprintf(stderr, "baseline: --%s is %s, allowed: %s\n", option, value, allowed);
  exit(2);
}

static uint32_t number(const char* option, const char* text, uint32_t min, uint32_t max) {
  char* end;
  const unsigned long long value = strtoull(text, &end, 10);
  if (*text >= '0' && *text <= '9' && *end == '\0' && value >= min && value <= max) {
    return (uint32_t)value;
  }
  char allowed[64];
  snprintf(allowed, sizeof(allowed), "%u to %u", min, max);
  usage_error(option, text, allowed);
}

static uint32_t power_of_two(const char* option, const char* text, uint32_t min, uint32_t max) {
  const uint32_t value = number(option, text, min, max);
  if ((value & (value - 1)) != 0) usage_error(option, text, "a power of two");
  return value;
}

static double seconds(const char* option, const char* text) {
  char* end;
  const double value = strtod(text, &end);
  if (*text == '\0' || *end != '\0' || !(value > 0 && value <= 86400)) {
    usage_error(option, text, "more than 0, up to 86400");
  }
  return value;
}

static void add_interface(struct options* options, const char* name) {
  if (options->interface_count == MAX_INTERFACES) {
    usage_error("interface", name, "at most two of them");
  }
  options->interfaces[options->interface_count++] = name;
}

enum flag {
  INTERFACE,
  QUEUE,
  BATCH,
  RX_SIZE,
  TX_SIZE,
  FILL_SIZE,
  COMP_SIZE,
  FRAME_COUNT,
  FRAME_SIZE,
  LENGTH,
  NO_NEED_WAKEUP,
  TX_BUDGET,
  BUSY_POLL,
  BUSY_POLL_BUDGET,
  COPY,
  ZEROCOPY,
  NATIVE,
  GENERIC,
  WAIT,
  DURATION,
  HELP,
};

static const struct option kFlags[] = {
    [INTERFACE] = {"interface", required_argument, NULL, INTERFACE},
    [QUEUE] = {"queue", required_argument, NULL, QUEUE},
    [BATCH] = {"batch", required_argument, NULL, BATCH},
    [RX_SIZE] = {"rx-size", required_argument, NULL, RX_SIZE},
    [TX_SIZE] = {"tx-size", required_argument, NULL, TX_SIZE},
    [FILL_SIZE] = {"fill-size", required_argument, NULL, FILL_SIZE},
    [COMP_SIZE] = {"comp-size", required_argument, NULL, COMP_SIZE},
    [FRAME_COUNT] = {"frame-count", required_argument, NULL, FRAME_COUNT},
    [FRAME_SIZE] = {"frame-size", required_argument, NULL, FRAME_SIZE},
    [LENGTH] = {"length", required_argument, NULL, LENGTH},
    [NO_NEED_WAKEUP] = {"no-need-wakeup", no_argument, NULL, NO_NEED_WAKEUP},
    [TX_BUDGET] = {"tx-budget", required_argument, NULL, TX_BUDGET},
    [BUSY_POLL] = {"busy-poll", required_argument, NULL, BUSY_POLL},
    [BUSY_POLL_BUDGET] = {"busy-poll-budget", required_argument, NULL, BUSY_POLL_BUDGET},
    [COPY] = {"copy", no_argument, NULL, COPY},
    [ZEROCOPY] = {"zerocopy", no_argument, NULL, ZEROCOPY},
    [NATIVE] = {"native", no_argument, NULL, NATIVE},
    [GENERIC] = {"generic", no_argument, NULL, GENERIC},
    [WAIT] = {"wait", required_argument, NULL, WAIT},
    [DURATION] = {"duration", required_argument, NULL, DURATION},
    [HELP] = {"help", no_argument, NULL, HELP},
    {NULL, 0, NULL, 0},
};

static void apply(struct options* options, enum flag flag, const char* value) {
  const char* name = kFlags[flag].name;
  switch (flag) {
    case INTERFACE:
      return add_interface(options, value);
    case QUEUE:
      options->queue = number(name, value, 0, UINT16_MAX);
      return;
    case BATCH:
      options->batch = number(name, value, 1, 256);
      return;
    case RX_SIZE:
      options->rx_size = power_of_two(name, value, 1, 65536);
      return;
    case TX_SIZE:
      options->tx_size = power_of_two(name, value, 1, 65536);
      return;
    case FILL_SIZE:
      options->fill_size = power_of_two(name, value, 1, 65536);
      return;
    case COMP_SIZE:
      options->comp_size = power_of_two(name, value, 1, 65536);
      return;
    case FRAME_COUNT:
      options->frame_count = number(name, value, 2, 1 << 19);
      return;
    case FRAME_SIZE:
      options->frame_size = power_of_two(name, value, 2048, 4096);
      return;
    case LENGTH:
      options->length = number(name, value, 60, 1514);
      return;
    case NO_NEED_WAKEUP:
      options->bind_flags &= (uint16_t)~XDP_USE_NEED_WAKEUP;
      return;
    case TX_BUDGET:
      options->tx_budget = number(name, value, 32, 65536);
      return;
    case BUSY_POLL:
      options->busy_poll_us = number(name, value, 1, 1000000);
      return;
    case BUSY_POLL_BUDGET:
      options->busy_poll_budget = number(name, value, 1, UINT16_MAX);
      return;
    case COPY:
      options->bind_flags |= XDP_COPY;
      return;
    case ZEROCOPY:
      options->bind_flags |= XDP_ZEROCOPY;
      return;
    case NATIVE:
      options->generic = false;
      return;
    case GENERIC:
      options->generic = true;
      return;
    case WAIT:
      options->wait_in_poll = strcmp(value, "poll") == 0;
      if (!options->wait_in_poll && strcmp(value, "spin") != 0) {
        usage_error(name, value, "spin, poll");
      }
      return;
    case DURATION:
      options->duration_s = seconds(name, value);
      return;
    case HELP:
      fputs(kHelp, stdout);
      exit(0);
  }
}

void parse_options(int argc, char** argv, struct options* options) {
  *options = (struct options){
      .batch = 64,
      .rx_size = 2048,
      .tx_size = 2048,
      .fill_size = 2048,
      .comp_size = 2048,
      .frame_count = 4096,
      .frame_size = 2048,
      .length = 64,
      .busy_poll_budget = 64,
      .bind_flags = XDP_USE_NEED_WAKEUP,
  };
  for (;;) {
    const int flag = getopt_long(argc, argv, "", kFlags, NULL);
    if (flag == -1) break;
    if (flag == '?') exit(2);  // getopt_long has named the option.
    apply(options, (enum flag)flag, optarg);
  }
  if (optind != argc - 1) {
    fprintf(stderr, "baseline: one job is needed; --help lists them\n");
    exit(2);
  }
  options->job = argv[optind];
  if (options->interface_count == 0) usage_error("interface", "missing", "the name of one");
  const uint16_t both = XDP_COPY | XDP_ZEROCOPY;
  if ((options->bind_flags & both) == both) usage_error("zerocopy", "set", "without --copy");
}
