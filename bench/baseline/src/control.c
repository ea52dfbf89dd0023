// SPDX-License-Identifier: MIT
#include "control.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char* const kNames[] = {
    [COMMAND_START] = "start",
    [COMMAND_STOP] = "stop",
    [COMMAND_REPORT] = "report",
    [COMMAND_QUIT] = "quit",
};

static enum command parse(const char* line) {
  for (enum command command = COMMAND_START; command <= COMMAND_QUIT; command++) {
    if (strcmp(line, kNames[command]) == 0) return command;
  }
  fprintf(stderr, "baseline: unknown command %s, known: start, stop, report, quit\n", line);
  exit(2);
}

enum command next_command(int timeout_ms) {
  static char buffer[256];
  static size_t used = 0;
  for (;;) {
    char* end = memchr(buffer, '\n', used);
    if (end != NULL) {
      *end = '\0';
      const enum command command = parse(buffer);
      used -= (size_t)(end + 1 - buffer);
      memmove(buffer, end + 1, used);
      return command;
    }
    if (used == sizeof(buffer)) return COMMAND_QUIT;  // Not a line of ours.
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    const int ready = poll(&input, 1, timeout_ms);
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return COMMAND_NONE;
    const ssize_t got = read(STDIN_FILENO, buffer + used, sizeof(buffer) - used);
    if (got <= 0) return COMMAND_QUIT;
    used += (size_t)got;
  }
}
