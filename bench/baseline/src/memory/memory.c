// SPDX-License-Identifier: MIT
// The C side of the benchmarks in memory: no socket, no kernel. Commands and reports are those of
// the baseline.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "../control.h"

#define BATCH 64
#define FRAME_SIZE 2048
#define LENGTH 64
#define PASSES_PER_LOOK 256

static unsigned char g_frames[BATCH * FRAME_SIZE] __attribute__((aligned(64)));
static volatile uint32_t g_length = LENGTH;  // No constant to the compiler, as it is none to V8.
static volatile uint32_t g_kept;  // So that the work is not optimised away.

struct moment {
  uint64_t now_ns;
  uint64_t user_ns;
  uint64_t system_ns;
  uint64_t packets;
};

// UDP over IPv4 with the addresses and ports of the other side; every other one is to port 53.
static void make_frames(void) {
  for (uint32_t i = 0; i < BATCH; i++) {
    unsigned char* frame = g_frames + i * FRAME_SIZE;
    const uint16_t port = (uint16_t)(53 + (i & 1));
    memcpy(frame, "\2\0\0\0\0\1\2\0\0\0\0\1\x08\0\x45\0\0\x32\0\0\x40\0\x40\x11", 24);
    const uint32_t addresses[2] = {htonl(0x0a000001 + i), htonl(0x0a000002)};
    memcpy(frame + 26, addresses, sizeof(addresses));
    const uint16_t udp[3] = {htons((uint16_t)(1024 + i)), htons(port), htons(30)};
    memcpy(frame + 34, udp, sizeof(udp));
  }
}

static uint16_t folded(uint64_t sum) {
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  return htons((uint16_t)~sum);
}

// As RFC 1071, section 4.1, has it. Lengths here are even.
static uint16_t checksum(const unsigned char* data, uint32_t length) {
  uint32_t sum = 0;
  uint16_t half;
  for (; length >= sizeof(half); data += sizeof(half), length -= sizeof(half)) {
    memcpy(&half, data, sizeof(half));
    sum += half;
  }
  return folded(sum);
}

// By words of 32 bits into a sum of 64, which JavaScript has not.
static uint16_t checksum_wide(const unsigned char* data, uint32_t length) {
  uint64_t sum = 0;
  uint32_t word;
  for (; length >= sizeof(word); data += sizeof(word), length -= sizeof(word)) {
    memcpy(&word, data, sizeof(word));
    sum += word;
  }
  return folded(sum);
}

static uint16_t half_at(const unsigned char* data) {
  return (uint16_t)(data[0] << 8 | data[1]);
}

// "udp and port 53" as libpcap means it, without an interpreter.
static bool matches(const unsigned char* frame, uint32_t length) {
  if (length < 14) return false;
  const uint16_t type = half_at(frame + 12);
  if (type == 0x86dd) {
    if (length < 58 || frame[20] != 17) return false;
    return half_at(frame + 54) == 53 || half_at(frame + 56) == 53;
  }
  if (type != 0x0800 || length < 24 || frame[23] != 17) return false;
  if ((half_at(frame + 20) & 0x1fff) != 0) return false;
  const uint32_t ports = 14 + (frame[14] & 15u) * 4;
  if (length < ports + 2) return false;
  if (half_at(frame + ports) == 53) return true;
  return length >= ports + 4 && half_at(frame + ports + 2) == 53;
}

static void pass_checksum(void) {
  uint32_t kept = 0;
  const uint32_t length = g_length;
  for (uint32_t i = 0; i < BATCH; i++) kept ^= checksum(g_frames + i * FRAME_SIZE, length);
  g_kept ^= kept;
}

static void pass_checksum_wide(void) {
  uint32_t kept = 0;
  const uint32_t length = g_length;
  for (uint32_t i = 0; i < BATCH; i++) kept ^= checksum_wide(g_frames + i * FRAME_SIZE, length);
  g_kept ^= kept;
}

static void pass_filter(void) {
  uint32_t kept = 0;
  const uint32_t length = g_length;
  for (uint32_t i = 0; i < BATCH; i++) kept += matches(g_frames + i * FRAME_SIZE, length);
  g_kept += kept;
}

static uint64_t ns_of(struct timeval time) {
  return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_usec * 1000;
}

static struct moment moment_at(uint64_t packets) {
  struct timespec now;
  struct rusage usage;
  clock_gettime(CLOCK_MONOTONIC, &now);
  getrusage(RUSAGE_SELF, &usage);
  return (struct moment){
      .now_ns = (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec,
      .user_ns = ns_of(usage.ru_utime),
      .system_ns = ns_of(usage.ru_stime),
      .packets = packets,
  };
}

static void print_report(const struct moment* start, const struct moment* end) {
  const uint64_t packets = end->packets - start->packets;
  printf("{\"event\":\"report\",\"elapsedNs\":%lu,\"packets\":%lu,\"bytes\":%lu,"
         "\"userNs\":%lu,\"systemNs\":%lu}\n",
         end->now_ns - start->now_ns, packets, packets * LENGTH, end->user_ns - start->user_ns,
         end->system_ns - start->system_ns);
}

static void serve(void (*pass)(void)) {
  uint64_t packets = 0;
  struct moment start = moment_at(0);
  bool running = false;
  for (;;) {
    for (uint32_t i = 0; running && i < PASSES_PER_LOOK; i++) {
      pass();
      packets += BATCH;
    }
    const enum command command = next_command(running ? 0 : -1);
    if (command == COMMAND_QUIT) return;
    if (command == COMMAND_START) {
      running = true;
      printf("{\"event\":\"started\"}\n");
      start = moment_at(packets);
    } else if (command != COMMAND_NONE) {
      running = running && command != COMMAND_STOP;
      const struct moment end = moment_at(packets);
      print_report(&start, &end);
    }
  }
}

int main(int argc, char** argv) {
  const char* job = argc == 2 ? argv[1] : "";
  void (*pass)(void) = strcmp(job, "checksum") == 0        ? pass_checksum
                       : strcmp(job, "checksum-wide") == 0 ? pass_checksum_wide
                       : strcmp(job, "filter") == 0        ? pass_filter
                                                           : NULL;
  if (pass == NULL) {
    fprintf(stderr, "usage: memory checksum|checksum-wide|filter\n");
    return 2;
  }
  signal(SIGINT, SIG_IGN);  // Who controls us decides in which order things end.
  setvbuf(stdout, NULL, _IOLBF, 0);
  make_frames();
  printf("{\"event\":\"ready\"}\n");
  serve(pass);
  return 0;
}
