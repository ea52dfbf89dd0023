// SPDX-License-Identifier: MIT
// Decides for every frame: to the socket of its receiving queue, to the host, or dropped. All
// behaviour is in maps (steering.h), so that one verified program serves every rule list.
//
// A rule list is searched by fields, not by rules: each field of the packet belongs to a class, each
// class has a bitmap of the rules that it satisfies, and the lowest bit that is set in the bitmaps of
// all fields is the first rule that matches (T. V. Lakshman, D. Stiliadis, SIGCOMM 1998; summaries
// after F. Baboescu, G. Varghese, SIGCOMM 2001). The cost hardly grows with the number of rules.
//
// Fields are read as tcpdump reads them: where they lie, without judging the rest of the header.

// First: the helpers below need its types.
#include <linux/bpf.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "steering.h"

struct {
  __uint(type, BPF_MAP_TYPE_XSKMAP);
  __uint(key_size, sizeof(__u32));
  __uint(value_size, sizeof(__u32));
  __uint(max_entries, 1);  // The loader sets the number of queues.
} sockets SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __type(key, __u32);
  __type(value, struct fluxnet_config);
  __uint(max_entries, 1);
} config SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __type(key, __u32);
  __type(value, struct fluxnet_tables);
  __uint(max_entries, FLUXNET_SLOTS);
} tables SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __type(key, __u32);
  __type(value, struct fluxnet_bitmap);
  __uint(max_entries, 1);  // The loader sets classes * FLUXNET_SLOTS.
} bitmaps SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_LPM_TRIE);
  __type(key, struct fluxnet_prefix_v4);
  __type(value, __u32);
  __uint(max_entries, 1);  // The loader sets the limit; entries are allocated as they come.
  __uint(map_flags, BPF_F_NO_PREALLOC);
} prefixes_v4 SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_LPM_TRIE);
  __type(key, struct fluxnet_prefix_v6);
  __type(value, __u32);
  __uint(max_entries, 1);
  __uint(map_flags, BPF_F_NO_PREALLOC);
} prefixes_v6 SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
  __type(key, __u32);
  __type(value, struct fluxnet_rule_traffic);
  __uint(max_entries, FLUXNET_SLOTS * FLUXNET_RULE_COUNTERS);
} rule_counters SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
  __type(key, __u32);
  __type(value, struct fluxnet_traffic);
  __uint(max_entries, FLUXNET_SET_COUNTERS);
} set_counters SEC(".maps");

// Of a queue: FLUXNET_ACTION_COUNT entries. Queues beyond the loader's number count as the last.
struct {
  __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
  __type(key, __u32);
  __type(value, struct fluxnet_traffic);
  __uint(max_entries, FLUXNET_ACTION_COUNT);  // The loader sets queues * FLUXNET_ACTION_COUNT.
} action_counters SEC(".maps");

// Not for packets: replacing the inner map makes the kernel wait until no program runs that may
// have read what was in force before (src/grace_wait.h).
struct fluxnet_grace {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __type(key, __u32);
  __type(value, __u32);
  __uint(max_entries, 1);
} grace_inner SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
  __type(key, __u32);
  __uint(max_entries, 1);
  __array(values, struct fluxnet_grace);
} grace SEC(".maps");

// Set by the loader before the program is loaded: the verifier leaves out what they rule out.
const volatile struct fluxnet_options options SEC(".rodata.options") = {};

// What rules ask of a packet, as places in the tables.
struct packet {
  __u32 ether_type;
  __u32 vlan;
  __u32 protocol;
  __u32 fragment;
  __u32 next_header;
  __u32 detail;
  __u32 src_port;
  __u32 dst_port;
  __u32 family;      // 4, 6, or 0 without a whole IP header
  __u32 v4[2];       // source, destination in host order
  __u64 v6[2][2];    // the high half first
  __u32 address[2];  // their classes
  __u32 length;      // of the extension header at hand
};

#define MAX_VLAN_TAGS 4
#define MAX_EXTENSION_HEADERS 8

#define ETHER_TYPE_IPV4 0x0800
#define ETHER_TYPE_IPV6 0x86dd
#define ETHER_TYPE_VLAN 0x8100
#define ETHER_TYPE_SERVICE_VLAN 0x88a8
#define ETHER_TYPE_OLD_SERVICE_VLAN 0x9100

#define PROTOCOL_ICMPV4 1
#define PROTOCOL_TCP 6
#define PROTOCOL_UDP 17
#define PROTOCOL_ICMPV6 58
#define PROTOCOL_SCTP 132
#define PROTOCOL_UDP_LITE 136

#define EXTENSION_HOP_BY_HOP 0
#define EXTENSION_ROUTING 43
#define EXTENSION_FRAGMENT 44
#define EXTENSION_AUTHENTICATION 51
#define EXTENSION_DESTINATION 60
#define EXTENSION_MOBILITY 135

#define IPV4_HEADER_LENGTH 20
#define IPV6_HEADER_LENGTH 40
#define FRAGMENT_OFFSET_MASK 0x1fff
#define MORE_FRAGMENTS 0x2000

#define ALWAYS_INLINE static __attribute__((always_inline)) inline
// Verified by itself, for any arguments, so that paths through one function do not multiply with
// those through the next. A call costs some nanoseconds: a few per packet, none per rule.
#define VERIFIED_ONCE __attribute__((noinline))

ALWAYS_INLINE __u16 load16(const __u8* at) {
  return (__u16)(at[0] << 8 | at[1]);
}

ALWAYS_INLINE __u32 load32(const __u8* at) {
  return (__u32)load16(at) << 16 | load16(at + 2);
}

ALWAYS_INLINE __u64 load64(const __u8* at) {
  return (__u64)load32(at) << 32 | load32(at + 4);
}

ALWAYS_INLINE void parse_transport(struct packet* packet, const __u8* at, const __u8* end) {
  switch (packet->protocol) {
    case PROTOCOL_TCP:
      if (at + 14 <= end) packet->detail = FLUXNET_DETAIL_TCP_FLAGS + at[13];
      // fall through
    case PROTOCOL_UDP:
    case PROTOCOL_SCTP:
    case PROTOCOL_UDP_LITE:
      if (at + 4 > end) return;
      packet->src_port = load16(at);
      packet->dst_port = load16(at + 2);
      return;
    case PROTOCOL_ICMPV4:
    case PROTOCOL_ICMPV6:
      if (at + 2 <= end) packet->detail = load16(at);
      return;
  }
}

ALWAYS_INLINE void parse_ipv4(struct packet* packet, const __u8* at, const __u8* end) {
  if (at + IPV4_HEADER_LENGTH > end) return;
  const __u16 fragment = load16(at + 6);
  packet->family = 4;
  packet->protocol = packet->next_header = at[9];
  packet->v4[0] = load32(at + 12);
  packet->v4[1] = load32(at + 16);
  if (fragment & FRAGMENT_OFFSET_MASK) {
    packet->fragment = FLUXNET_FRAGMENT_LATER;
    return;
  }
  if (fragment & MORE_FRAGMENTS) packet->fragment = FLUXNET_FRAGMENT_FIRST;
  parse_transport(packet, at + (at[0] & 0x0f) * 4, end);
}

#define NO_EXTENSION -1

// The kinds of extension headers by how their length is told: as they are named, or all those in
// units of 8 bytes as hop-by-hop options.
ALWAYS_INLINE int extension_kind(__u32 protocol) {
  switch (protocol) {
    case EXTENSION_HOP_BY_HOP:
    case EXTENSION_ROUTING:
    case EXTENSION_DESTINATION:
    case EXTENSION_MOBILITY:
      return EXTENSION_HOP_BY_HOP;
    case EXTENSION_FRAGMENT:
    case EXTENSION_AUTHENTICATION:
      return protocol;
  }
  return NO_EXTENSION;
}

ALWAYS_INLINE __u32 extension_length(int kind, __u8 length) {
  if (kind == EXTENSION_FRAGMENT) return 8;
  // RFC 4302 §2.2: in units of 4 bytes, minus 2.
  return kind == EXTENSION_AUTHENTICATION ? (length + 2u) * 4 : (length + 1u) * 8;
}

ALWAYS_INLINE void parse_ipv6(struct packet* packet, const __u8* at, const __u8* end) {
  if (at + IPV6_HEADER_LENGTH > end) return;
  packet->family = 6;
  __u32 next = at[6];
  packet->next_header = next;
  packet->v6[0][0] = load64(at + 8);
  packet->v6[0][1] = load64(at + 16);
  packet->v6[1][0] = load64(at + 24);
  packet->v6[1][1] = load64(at + 32);
  at += IPV6_HEADER_LENGTH;
  for (int i = 0; i <= MAX_EXTENSION_HEADERS; i++) {
    const int kind = extension_kind(next);
    if (kind == NO_EXTENSION) {
      packet->protocol = next;
      parse_transport(packet, at, end);
      return;
    }
    if (at + 8 > end) return;  // Each has 8 bytes at least (RFC 8200 §4).
    if (kind == EXTENSION_FRAGMENT) {
      const __u16 fragment = load16(at + 2);
      if (fragment >> 3) {
        packet->fragment = FLUXNET_FRAGMENT_LATER;
        packet->protocol = at[0];
        return;
      }
      if (fragment & 1) packet->fragment = FLUXNET_FRAGMENT_FIRST;
    }
    next = at[0];
    // Through memory, which the verifier does not follow: what it knows of the length would differ
    // by kind of header, and so would the states that it has to walk, eight headers deep.
    *(volatile __u32*)&packet->length = extension_length(kind, at[1]);
    at += *(volatile __u32*)&packet->length & 0xfff;
  }
}

VERIFIED_ONCE int fluxnet_parse(struct xdp_md* ctx, struct packet* packet) {
  const __u8* at = (const __u8*)(long)ctx->data;
  const __u8* end = (const __u8*)(long)ctx->data_end;
  if (!packet) return 0;  // The verifier asks for it.
  packet->ether_type = 0;
  packet->vlan = FLUXNET_NO_VLAN;
  packet->protocol = packet->next_header = FLUXNET_NO_PROTOCOL;
  packet->fragment = FLUXNET_FRAGMENT_NONE;
  packet->detail = FLUXNET_DETAIL_NONE;
  packet->src_port = packet->dst_port = FLUXNET_NO_PORT;
  packet->family = 0;
  if (at + 14 > end) return 0;  // The kernel gives a program no shorter frame.
  __u16 ether_type = load16(at + 12);
  at += 14;
  for (int i = 0; i < MAX_VLAN_TAGS; i++) {
    if (ether_type != ETHER_TYPE_VLAN && ether_type != ETHER_TYPE_SERVICE_VLAN &&
        ether_type != ETHER_TYPE_OLD_SERVICE_VLAN)
      break;
    if (at + 4 > end) break;
    if (i == 0) packet->vlan = load16(at) & 0x0fff;
    ether_type = load16(at + 2);
    at += 4;
  }
  packet->ether_type = ether_type;
  if (ether_type == ETHER_TYPE_IPV4) parse_ipv4(packet, at, end);
  if (ether_type == ETHER_TYPE_IPV6) parse_ipv6(packet, at, end);
  return 0;
}

// 1 where a < b, without a branch that the processor would have to guess.
ALWAYS_INLINE __u64 less(__u64 a, __u64 b) {
  return ((~a & b) | (~(a ^ b) & (a - b))) >> 63;
}

// The rank of an address: the last border that is not above it.
ALWAYS_INLINE __u32 rank_v4(const __u32* borders, __u32 bits, __u32 address) {
  __u32 rank = 0;
  for (__u32 i = 0; i < FLUXNET_RANGE_BITS; i++) {
    if (i >= bits) break;
    const __u32 middle = (rank + (1u << ((bits - 1 - i) & 15))) & (FLUXNET_RANGES - 1);
    // Both are below 2^32, so that the difference is negative where the border is above.
    const __u64 below = ((__u64)address - borders[middle]) >> 63;
    rank += (middle - rank) & ((__u32)below - 1);
  }
  return rank & (FLUXNET_RANGES - 1);
}

ALWAYS_INLINE __u32 rank_v6(const __u64 (*borders)[2], __u32 bits, const __u64* address) {
  __u32 rank = 0;
  for (__u32 i = 0; i < FLUXNET_RANGE_BITS; i++) {
    if (i >= bits) break;
    const __u32 middle = (rank + (1u << ((bits - 1 - i) & 15))) & (FLUXNET_RANGES - 1);
    const __u64 high = borders[middle][0];
    const __u64 low = borders[middle][1];
    const __u64 below =
        less(address[0], high) | ((~less(high, address[0]) & 1) & less(address[1], low));
    rank += (middle - rank) & ((__u32)below - 1);
  }
  return rank & (FLUXNET_RANGES - 1);
}

// The classes of both addresses.
VERIFIED_ONCE int fluxnet_classify_addresses(struct packet* packet, __u32 slot) {
  const struct fluxnet_tables* t = bpf_map_lookup_elem(&tables, &slot);
  if (!packet || !t) return 0;
#pragma unroll
  for (int end = 0; end < 2; end++) {
    __u32 class_of = t->no_address[end];
    if (packet->family == 4)
      class_of = t->v4_class[end][rank_v4(t->v4_border[end], t->v4_bits, packet->v4[end])];
    if (packet->family == 6)
      class_of = t->v6_class[end][rank_v6(t->v6_border[end], t->v6_bits, packet->v6[end])];
    packet->address[end] = class_of;
  }
  return 0;
}

static const __u8 kBitOf[64] = {
    0,  1,  2,  53, 3,  7,  54, 27, 4,  38, 41, 8,  34, 55, 48, 28, 62, 5,  39, 46, 44, 42,
    22, 9,  24, 35, 59, 56, 49, 18, 29, 11, 63, 52, 6,  26, 37, 40, 33, 47, 61, 45, 43, 21,
    23, 58, 17, 10, 51, 25, 36, 32, 60, 20, 57, 16, 50, 31, 19, 15, 30, 14, 13, 12,
};

// The place of the lowest bit that is set, by a de Bruijn sequence: BPF has no such instruction.
ALWAYS_INLINE __u32 lowest_bit(__u64 word) {
  return kBitOf[((word & -word) * 0x022fdd63cc95386dull) >> 58];
}

// Takes the rule, unless it samples and this packet is not the one.
ALWAYS_INLINE int take(__u32 slot, const struct fluxnet_tables* t, __u32 rule, __u64 bytes) {
  const __u32 key = slot * FLUXNET_RULE_COUNTERS + rule;
  struct fluxnet_rule_traffic* traffic = bpf_map_lookup_elem(&rule_counters, &key);
  if (!traffic) return 1;
  const __u32 sample = t->rules[rule & (FLUXNET_MAX_RULES - 1)].sample;
  const __u64 seen = traffic->seen++;  // Per CPU: no other writer.
  if (sample > 1 && rule < FLUXNET_MAX_RULES && seen % sample != 0) return 0;
  traffic->packets++;
  traffic->bytes += bytes;
  return 1;
}

// The place where some rule asks for the field, else 0: class 0 of a table of zeros. Opaque to the
// compiler, which would make a branch of it, and the verifier would follow both sides of all nine.
ALWAYS_INLINE __u32 asked(const struct fluxnet_tables* t, __u32 place, __u32 field) {
  __u64 mask = -((__u64)t->fields >> field & 1);
  asm volatile("" : "+r"(mask));
  return place & mask;
}

// The first rule from `from` on that matches; FLUXNET_MAX_RULES where none does.
VERIFIED_ONCE int fluxnet_search(struct packet* packet, __u32 slot, __u32 classes, __u32 from) {
  const struct fluxnet_tables* t = bpf_map_lookup_elem(&tables, &slot);
  if (!packet || !t) return FLUXNET_MAX_RULES;
  const __u32 ether_type = asked(t, packet->ether_type, FLUXNET_FIELD_ETHER_TYPE);
  const __u32 vlan = asked(t, packet->vlan, FLUXNET_FIELD_VLAN);
  const __u32 protocol =
      asked(t, packet->fragment << 9 | packet->protocol, FLUXNET_FIELD_PROTOCOL);
  const __u32 next_header = asked(t, packet->next_header, FLUXNET_FIELD_NEXT_HEADER);
  const __u32 detail = asked(t, packet->detail, FLUXNET_FIELD_DETAIL);
  const __u32 src_port = asked(t, packet->src_port, FLUXNET_FIELD_SRC_PORT);
  const __u32 dst_port = asked(t, packet->dst_port, FLUXNET_FIELD_DST_PORT);
  const __u32 class_of[FLUXNET_FIELD_COUNT] = {
      t->ether_type[ether_type & 0xffff],
      t->vlan[vlan & 0x1fff],
      t->protocol[protocol & 0x7ff],
      t->next_header[next_header & 0x1ff],
      detail >> 16 ? t->tcp_flags[detail & 0x1ff] : t->icmp[detail & 0xffff],
      src_port >> 16 ? t->no_port[0] : t->port[0][src_port & 0xffff],
      dst_port >> 16 ? t->no_port[1] : t->port[1][dst_port & 0xffff],
      packet->address[0],
      packet->address[1],
  };
  const struct fluxnet_bitmap* maps[FLUXNET_FIELD_COUNT];
  __u64 summary = ~0ull;
#pragma unroll
  for (int i = 0; i < FLUXNET_FIELD_COUNT; i++) {
    const __u32 key = slot * classes + class_of[i];
    maps[i] = bpf_map_lookup_elem(&bitmaps, &key);
    if (!maps[i]) return FLUXNET_MAX_RULES;
    summary &= maps[i]->summary;
  }
  summary &= ~0ull << (from >> 6 & 63);
  for (int i = 0; i < FLUXNET_RULE_WORDS; i++) {
    if (summary == 0) break;
    const __u32 at = lowest_bit(summary) & (FLUXNET_RULE_WORDS - 1);
    __u64 rules = maps[0]->words[at] & maps[1]->words[at] & maps[2]->words[at] &
                  maps[3]->words[at] & maps[4]->words[at] & maps[5]->words[at] &
                  maps[6]->words[at] & maps[7]->words[at] & maps[8]->words[at];
    if (at == from >> 6) rules &= ~0ull << (from & 63);
    if (rules) return at * 64 + (lowest_bit(rules) & 63);
    summary &= summary - 1;
  }
  return FLUXNET_MAX_RULES;
}

// The first rule that matches and takes the packet: one that samples lets most of them go on.
ALWAYS_INLINE __u32 first_taken(struct packet* packet, __u32 slot, const struct fluxnet_tables* t,
                                __u32 classes, __u64 bytes) {
  __u32 from = 0;
  for (int i = 0; i <= FLUXNET_MAX_SAMPLING_RULES; i++) {
    const __u32 rule = fluxnet_search(packet, slot, classes, from);
    if (rule >= FLUXNET_MAX_RULES) break;
    if (take(slot, t, rule, bytes)) return rule;
    from = rule + 1;
    if (from == FLUXNET_MAX_RULES) break;
  }
  return FLUXNET_MAX_RULES;
}

ALWAYS_INLINE int finish(struct xdp_md* ctx, __u32 action, __u64 bytes) {
  int verdict = XDP_PASS;
  if (action == FLUXNET_ACTION_DROP) verdict = XDP_DROP;
  if (action == FLUXNET_ACTION_SOCKET) {
    // An empty slot makes the helper return the fallback in its flags (net/xdp/xskmap.c).
    verdict = bpf_redirect_map(&sockets, ctx->rx_queue_index, XDP_PASS);
    if (verdict != XDP_REDIRECT) action = FLUXNET_ACTION_UNBOUND;
  }
  __u32 queue = ctx->rx_queue_index;
  if (queue > options.last_queue) queue = options.last_queue;
  const __u32 key = queue * FLUXNET_ACTION_COUNT + (action & 3);
  struct fluxnet_traffic* traffic = bpf_map_lookup_elem(&action_counters, &key);
  if (traffic) {
    traffic->packets++;
    traffic->bytes += bytes;
  }
  return verdict;
}

// FLUXNET_PREFIX_BLOCK where the source address is to be blocked, else FLUXNET_PREFIX_ALLOW.
ALWAYS_INLINE __u32 prefix_verdict(const struct packet* packet, __u32 sets, __u64 bytes) {
  const __u32* found = 0;
  __u32 counter = 0;
  if (packet->family == 4 && (sets & 1)) {
    struct fluxnet_prefix_v4 key = {.length = 32};
    *(__u32*)key.address = bpf_htonl(packet->v4[0]);
    found = bpf_map_lookup_elem(&prefixes_v4, &key);
  } else if (packet->family == 6 && (sets & 2)) {
    struct fluxnet_prefix_v6 key = {.length = 128};
    const __u64 high = bpf_cpu_to_be64(packet->v6[0][0]);
    const __u64 low = bpf_cpu_to_be64(packet->v6[0][1]);
    __builtin_memcpy(key.address, &high, sizeof(high));
    __builtin_memcpy(key.address + 8, &low, sizeof(low));
    found = bpf_map_lookup_elem(&prefixes_v6, &key);
    counter = 2;
  }
  if (!found) return FLUXNET_PREFIX_ALLOW;
  const __u32 verdict = *found & 1;
  counter |= verdict;
  struct fluxnet_traffic* traffic = bpf_map_lookup_elem(&set_counters, &counter);
  if (traffic) {
    traffic->packets++;
    traffic->bytes += bytes;
  }
  return verdict;
}

SEC("xdp.frags")
int fluxnet_steer(struct xdp_md* ctx) {
  const __u8* data = (const __u8*)(long)ctx->data;
  const __u8* end = (const __u8*)(long)ctx->data_end;
  // Packets of several buffers, and the helper that counts them all, are of Linux 5.18.
  const __u64 bytes = options.multi_buffer ? bpf_xdp_get_buff_len(ctx) : (__u64)(end - data);
  const __u32 zero = 0;
  const struct fluxnet_config* c = bpf_map_lookup_elem(&config, &zero);
  if (!c) return XDP_PASS;
  const __u32 slot = c->slot & (FLUXNET_SLOTS - 1);  // Read once: it may change under us.
  const struct fluxnet_tables* t = bpf_map_lookup_elem(&tables, &slot);
  if (!t) return XDP_PASS;
  __u32 rule = FLUXNET_MAX_RULES;
  const __u32 sets = c->prefix_sets;
  if (sets | t->rule_count) {
    struct packet packet = {};
    fluxnet_parse(ctx, &packet);
    if (sets && prefix_verdict(&packet, sets, bytes) == FLUXNET_PREFIX_BLOCK)
      return finish(ctx, FLUXNET_ACTION_DROP, bytes);
    if (t->rule_count) {
      if (t->fields & (1u << FLUXNET_FIELD_SRC | 1u << FLUXNET_FIELD_DST))
        fluxnet_classify_addresses(&packet, slot);
      rule = first_taken(&packet, slot, t, c->classes, bytes);
    }
  }
  if (rule < FLUXNET_MAX_RULES) return finish(ctx, t->rules[rule].action, bytes);
  take(slot, t, FLUXNET_MAX_RULES, bytes);
  return finish(ctx, t->default_action, bytes);
}

char program_license[] SEC("license") = "Dual MIT/GPL";
