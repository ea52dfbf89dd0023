// SPDX-License-Identifier: MIT
// The C side of the benchmarks: the same jobs as fluxnet's, over libxdp's rings.
#include <errno.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"
#include "control.h"
#include "fail.h"
#include "jobs.h"
#include "program.h"
#include "report.h"

// Standard input and the clock are looked at once in so many passes.
#define PASSES_PER_LOOK 64
// While frames are on their way out nothing wakes poll for their completion.
#define COMPLETION_CHECK_MS 1
#define POLL_MS 10
#define DRAIN_NS 100000000

struct job {
  const char* name;
  uint32_t max_interfaces;
  void (*prepare)(struct bench*);
  uint32_t (*pass)(struct bench*);
};

static const struct job kJobs[] = {
    {"rxdrop", 1, rxdrop_prepare, rxdrop_pass},
    {"txonly", 1, txonly_prepare, txonly_pass},
    {"l2fwd", 2, l2fwd_prepare, l2fwd_pass},
    {"echo", 1, echo_prepare, echo_pass},
    {"drop", 1, NULL, NULL},
};

static const struct job* find_job(const struct options* options) {
  for (size_t i = 0; i < sizeof(kJobs) / sizeof(kJobs[0]); i++) {
    if (strcmp(kJobs[i].name, options->job) != 0) continue;
    if (options->interface_count <= kJobs[i].max_interfaces) return &kJobs[i];
    fprintf(stderr, "baseline: %s takes one --interface\n", options->job);
    exit(2);
  }
  fprintf(stderr, "baseline: unknown job %s, known: rxdrop, txonly, l2fwd, echo, drop\n",
          options->job);
  exit(2);
}

static uint64_t now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static bool sends(const struct bench* bench) {
  for (uint32_t i = 0; i < bench->port_count; i++) {
    if (bench->ports[i].tx_outstanding > 0) return true;
  }
  return false;
}

// Sleeps until a packet or a command comes. Everything was flushed before: poll itself transmits
// and swallows the error.
static void wait_in_poll(struct bench* bench) {
  struct pollfd fds[MAX_INTERFACES + 1];
  for (uint32_t i = 0; i < bench->port_count; i++) {
    fds[i] = (struct pollfd){.fd = bench->ports[i].fd, .events = POLLIN};
  }
  fds[bench->port_count] = (struct pollfd){
      .fd = bench->options->duration_s > 0 ? -1 : STDIN_FILENO,
      .events = POLLIN,
  };
  bench->ports[0].count.polls++;
  poll(fds, bench->port_count + 1, sends(bench) ? COMPLETION_CHECK_MS : POLL_MS);
}

// Ends what is on its way out, so that the report's books are closed.
static void drain(struct bench* bench) {
  const uint64_t limit = now_ns() + DRAIN_NS;
  while (sends(bench) && now_ns() < limit) {
    for (uint32_t i = 0; i < bench->port_count; i++) {
      port_flush(&bench->ports[i], &bench->pool);
      port_collect(&bench->ports[i], &bench->pool);
    }
  }
}

static void run_passes(struct bench* bench, const struct job* job) {
  for (uint32_t i = 0; i < PASSES_PER_LOOK; i++) {
    if (job->pass(bench) > 0 || !bench->options->wait_in_poll) continue;
    wait_in_poll(bench);
    return;
  }
}

static void run_once(struct bench* bench, const struct job* job) {
  struct snapshot start;
  take_snapshot(bench, &start);
  const uint64_t end = start.now_ns + (uint64_t)(bench->options->duration_s * 1e9);
  while (now_ns() < end) run_passes(bench, job);
  drain(bench);
  print_report(bench, &start);
}

static void serve(struct bench* bench, const struct job* job) {
  // Ctrl-C reaches the whole terminal; who controls us decides in which order things end.
  signal(SIGINT, SIG_IGN);
  struct snapshot start;
  take_snapshot(bench, &start);
  bool running = false;
  for (;;) {
    if (running) run_passes(bench, job);
    switch (next_command(running ? 0 : -1)) {
      case COMMAND_NONE:
        break;
      case COMMAND_START:
        take_snapshot(bench, &start);
        running = true;
        print_started();
        break;
      case COMMAND_STOP:
        running = false;
        drain(bench);
        print_report(bench, &start);
        break;
      case COMMAND_REPORT:
        print_report(bench, &start);
        break;
      case COMMAND_QUIT:
        return;
    }
  }
}

// No socket and no loop: the kernel does it all.
static void serve_drop(struct bench* bench, const struct options* options) {
  *bench = (struct bench){.options = options};
  const uint32_t ifindex = if_nametoindex(options->interfaces[0]);
  if (ifindex == 0) fail("find", options->interfaces[0], errno);
  attach_drop(ifindex, options->interfaces[0], options->generic);
  print_ready(bench);
  signal(SIGINT, SIG_IGN);
  while (next_command(-1) != COMMAND_QUIT) continue;
}

int main(int argc, char** argv) {
  struct options options;
  parse_options(argc, argv, &options);
  const struct job* job = find_job(&options);
  struct bench bench;
  if (job->pass == NULL) {
    serve_drop(&bench, &options);
    return 0;
  }
  bench_open(&bench, &options);
  job->prepare(&bench);
  print_ready(&bench);
  if (options.duration_s > 0) {
    run_once(&bench, job);
  } else {
    serve(&bench, job);
  }
  return 0;
}
