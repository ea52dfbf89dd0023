// SPDX-License-Identifier: MIT
// How the program ends when something cannot be done: the kernel takes everything back.
#ifndef BASELINE_FAIL_H_
#define BASELINE_FAIL_H_

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// `error` is a positive errno.
static inline _Noreturn void fail(const char* doing, const char* what, int error) {
  fprintf(stderr, "baseline: %s %s: %s\n", doing, what, strerror(error));
  exit(1);
}

#endif
