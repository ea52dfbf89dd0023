// SPDX-License-Identifier: MIT
// XDP programs, attached by bpf_link: the kernel detaches them when this process ends, however.
#ifndef BASELINE_PROGRAM_H_
#define BASELINE_PROGRAM_H_

#include <stdbool.h>
#include <stdint.h>

// The redirect program of fluxnet-core: frames of `queue` go to `socket_fd`, others to the host.
void attach_redirect(uint32_t ifindex, const char* ifname, bool generic, uint32_t queue,
                     int socket_fd);

// Drops everything that arrives.
void attach_drop(uint32_t ifindex, const char* ifname, bool generic);

#endif
