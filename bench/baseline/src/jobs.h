// SPDX-License-Identifier: MIT
// The jobs, one file each. A pass never waits; it returns how many packets it moved.
#ifndef BASELINE_JOBS_H_
#define BASELINE_JOBS_H_

#include "bench.h"

void rxdrop_prepare(struct bench* bench);
uint32_t rxdrop_pass(struct bench* bench);

void txonly_prepare(struct bench* bench);
uint32_t txonly_pass(struct bench* bench);

void l2fwd_prepare(struct bench* bench);
uint32_t l2fwd_pass(struct bench* bench);

void echo_prepare(struct bench* bench);
uint32_t echo_pass(struct bench* bench);

#endif
