// SPDX-License-Identifier: MIT
#include "program.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <linux/if_link.h>

#include "fail.h"

// From redirect_object.S.
extern const unsigned char redirect_object[];
extern const unsigned char redirect_object_end[];

// The link lives as long as its descriptor, which nobody closes before the process ends.
static void attach(int program_fd, uint32_t ifindex, const char* ifname, bool generic) {
  LIBBPF_OPTS(bpf_link_create_opts, options,
              .flags = generic ? XDP_FLAGS_SKB_MODE : XDP_FLAGS_DRV_MODE);
  const int fd = bpf_link_create(program_fd, (int)ifindex, BPF_XDP, &options);
  if (fd < 0) fail("attach the program to", ifname, -fd);
}

void attach_redirect(uint32_t ifindex, const char* ifname, bool generic, uint32_t queue,
                     int socket_fd) {
  const size_t size = (size_t)(redirect_object_end - redirect_object);
  struct bpf_object* object = bpf_object__open_mem(redirect_object, size, NULL);
  if (object == NULL) fail("open the program for", ifname, errno);
  struct bpf_map* sockets = bpf_object__find_map_by_name(object, "sockets");
  bpf_map__set_max_entries(sockets, queue + 1);
  const int loaded = bpf_object__load(object);
  if (loaded != 0) fail("load the program for", ifname, -loaded);
  const int updated = bpf_map_update_elem(bpf_map__fd(sockets), &queue, &socket_fd, BPF_ANY);
  if (updated != 0) fail("set the socket of", ifname, -updated);
  attach(bpf_program__fd(bpf_object__next_program(object, NULL)), ifindex, ifname, generic);
}

void attach_drop(uint32_t ifindex, const char* ifname, bool generic) {
  const struct bpf_insn instructions[] = {
      {.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = XDP_DROP},
      {.code = BPF_JMP | BPF_EXIT},
  };
  const int fd = bpf_prog_load(BPF_PROG_TYPE_XDP, "baseline_drop", "Dual MIT/GPL", instructions,
                               sizeof(instructions) / sizeof(instructions[0]), NULL);
  if (fd < 0) fail("load the program for", ifname, -fd);
  attach(fd, ifindex, ifname, generic);
}
