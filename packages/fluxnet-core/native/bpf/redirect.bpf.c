// SPDX-License-Identifier: MIT
// The default XDP program: a frame goes to the socket of its receiving queue, or to the host
// where no socket is set, so that attaching it never cuts the host off.

// First: the helpers below need its types.
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "redirect.h"

struct {
  __uint(type, BPF_MAP_TYPE_XSKMAP);
  __uint(key_size, sizeof(__u32));
  __uint(value_size, sizeof(__u32));
  __uint(max_entries, 1);  // The loader sets the number of queues.
} sockets SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
  __type(key, __u32);
  __type(value, __u64);
  __uint(max_entries, FLUXNET_COUNTER_COUNT);
} counters SEC(".maps");

SEC("xdp.frags")
int fluxnet_redir(struct xdp_md* ctx) {
  // An empty slot makes the helper return the fallback in its flags (net/xdp/xskmap.c).
  int action = bpf_redirect_map(&sockets, ctx->rx_queue_index, XDP_PASS);
  __u32 slot = action == XDP_REDIRECT ? FLUXNET_COUNTER_REDIRECTED : FLUXNET_COUNTER_PASSED;
  __u64* counter = bpf_map_lookup_elem(&counters, &slot);
  if (counter) *counter += 1;  // Per CPU: no other writer.
  return action;
}

char program_license[] SEC("license") = "Dual MIT/GPL";
