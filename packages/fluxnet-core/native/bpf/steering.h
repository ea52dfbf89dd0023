// SPDX-License-Identifier: MIT
// What the steering program, the addon and src/steering/ agree on: the layout of the maps. A test
// holds the offsets in src/steering/layout.ts against this file.
#ifndef FLUXNET_BPF_STEERING_H_
#define FLUXNET_BPF_STEERING_H_

#include <linux/types.h>

#define FLUXNET_MAX_RULES 4096
#define FLUXNET_MAX_SAMPLING_RULES 64
#define FLUXNET_RULE_WORDS (FLUXNET_MAX_RULES / 64)
// Two generations of every table: packets read one while user space writes the other.
#define FLUXNET_SLOTS 2

// What a packet is classified by. Bit n of `fields` says that some rule asks for field n.
enum fluxnet_field {
  FLUXNET_FIELD_ETHER_TYPE = 0,
  FLUXNET_FIELD_VLAN = 1,
  FLUXNET_FIELD_PROTOCOL = 2,  // with the kind of fragment
  FLUXNET_FIELD_NEXT_HEADER = 3,
  FLUXNET_FIELD_DETAIL = 4,  // ICMP type and code, or TCP flags
  FLUXNET_FIELD_SRC_PORT = 5,
  FLUXNET_FIELD_DST_PORT = 6,
  FLUXNET_FIELD_SRC = 7,
  FLUXNET_FIELD_DST = 8,
  FLUXNET_FIELD_COUNT = 9,
};

// Places of the tables that stand for "the packet has none".
#define FLUXNET_NO_VLAN 4096
#define FLUXNET_NO_PROTOCOL 256
#define FLUXNET_NO_PORT 65536
// DETAIL: ICMP type << 8 | code below, then TCP flags, then none of both.
#define FLUXNET_DETAIL_TCP_FLAGS 65536
#define FLUXNET_DETAIL_NONE (FLUXNET_DETAIL_TCP_FLAGS + 256)

enum fluxnet_fragment {
  FLUXNET_FRAGMENT_NONE = 0,
  FLUXNET_FRAGMENT_FIRST = 1,
  FLUXNET_FRAGMENT_LATER = 2,
};

// Borders of address ranges, ascending, the rest padded with all ones. Rank r is the range from
// border r to before border r + 1; border 0 is address 0.
#define FLUXNET_RANGE_BITS 14
#define FLUXNET_RANGES (1 << FLUXNET_RANGE_BITS)

enum fluxnet_action {
  FLUXNET_ACTION_HOST = 0,
  FLUXNET_ACTION_SOCKET = 1,
  FLUXNET_ACTION_DROP = 2,
  // Counted only: meant for a socket, passed to the host because the queue has none.
  FLUXNET_ACTION_UNBOUND = 3,
  FLUXNET_ACTION_COUNT = 4,
};

struct fluxnet_rule {
  __u32 action;
  __u32 sample;  // Takes one packet of so many; 0 and 1: every one.
};

// One generation of a rule list. Tables hold class numbers: packets of one class in a field match
// the same rules as far as that field goes. Class 0 matches every rule.
struct fluxnet_tables {
  __u32 rule_count;
  __u32 default_action;
  __u32 fields;   // bits of enum fluxnet_field
  __u32 v4_bits;  // The address searches take so many steps.
  __u32 v6_bits;
  __u16 no_address[2];  // source, destination: the class of packets without an IP header
  __u16 no_port[2];     // and of those without ports
  __u32 reserved;
  __u16 ether_type[65536];
  __u16 vlan[8192];
  __u16 protocol[2048];  // fragment << 9 | protocol
  __u16 next_header[512];
  __u16 icmp[65536];       // type << 8 | code
  __u16 tcp_flags[512];    // place 256: neither TCP nor ICMP
  __u16 port[2][65536];    // source, destination
  __u16 v4_class[2][FLUXNET_RANGES];
  __u16 v6_class[2][FLUXNET_RANGES];
  __u32 v4_border[2][FLUXNET_RANGES];     // host order
  __u64 v6_border[2][FLUXNET_RANGES][2];  // host order, the high half first
  struct fluxnet_rule rules[FLUXNET_MAX_RULES];
};

// Which rules a class matches: bit n of word w is rule 64 * w + n; bit w of the summary says that
// word w is not 0.
struct fluxnet_bitmap {
  __u64 summary;
  __u64 words[FLUXNET_RULE_WORDS];
};

// One entry; written last, so that packets see an old or a new rule list, never a mix.
struct fluxnet_config {
  __u32 slot;
  __u32 classes;     // bitmaps per slot
  __u32 prefix_sets; // bit 0: there are IPv4 prefixes, bit 1: IPv6
  __u32 reserved;
};

// Constants of the loaded program.
struct fluxnet_options {
  __u32 last_queue;    // Of those with counters of their own.
  __u32 multi_buffer;  // Loaded as xdp.frags.
};

// Values of the prefix tries. The most specific prefix decides.
enum fluxnet_prefix {
  FLUXNET_PREFIX_BLOCK = 0,
  FLUXNET_PREFIX_ALLOW = 1,
};

struct fluxnet_prefix_v4 {
  __u32 length;
  __u8 address[4];
};

struct fluxnet_prefix_v6 {
  __u32 length;
  __u8 address[16];
};

// Slots of `set_counters`: family (0: IPv4, 1: IPv6) << 1 | enum fluxnet_prefix.
#define FLUXNET_SET_COUNTERS 4

struct fluxnet_traffic {
  __u64 packets;
  __u64 bytes;
};

// Of a rule, or (place FLUXNET_MAX_RULES) of the default. Slot s begins at s * 4097.
struct fluxnet_rule_traffic {
  __u64 packets;
  __u64 bytes;
  __u64 seen;  // Matched, taken or not: what sampling counts by.
};
#define FLUXNET_RULE_COUNTERS (FLUXNET_MAX_RULES + 1)

#endif
