/**
 * The maps of the steering program as they lie in memory: the TypeScript side of
 * native/bpf/steering.h, little-endian as every system that we run on. A test compiles the header
 * and compares.
 */

export const MAX_RULES = 4096;
/** Rules of one list that may have `sample` above 1. */
export const MAX_SAMPLING_RULES = 64;
export const SLOTS = 2;

export const Field = {
  etherType: 0,
  vlan: 1,
  protocol: 2,
  nextHeader: 3,
  detail: 4,
  srcPort: 5,
  dstPort: 6,
  src: 7,
  dst: 8,
} as const;
export const FIELD_COUNT = 9;

export const NO_VLAN = 4096;
export const NO_PROTOCOL = 256;
export const NO_PORT = 65536;
/** Places of `detail`: ICMP type and code below, then TCP flags, then neither of them. */
export const DETAIL_TCP_FLAGS = 65536;
export const DETAIL_NONE = DETAIL_TCP_FLAGS + 256;

export const FragmentKind = { none: 0, first: 1, later: 2 } as const;

/** Borders of an address search: 2^14. */
export const RANGE_BITS = 14;
export const RANGES = 1 << RANGE_BITS;

export const actionNumbers = { host: 0, socket: 1, drop: 2 } as const;
/** Counted only: meant for a socket, passed to the host because the queue has none. */
export const ACTION_UNBOUND = 3;
export const ACTION_COUNT = 4;

export const PREFIX_BLOCK = 0;
export const PREFIX_ALLOW = 1;

/** Byte offsets in `struct fluxnet_tables`; `size` is the whole. */
export const tablesLayout = layOut({
  ruleCount: [4, 1],
  defaultAction: [4, 1],
  fields: [4, 1],
  v4Bits: [4, 1],
  v6Bits: [4, 1],
  noAddress: [2, 2],
  noPort: [2, 2],
  reserved: [4, 1],
  etherType: [2, 65536],
  vlan: [2, 8192],
  protocol: [2, 2048],
  nextHeader: [2, 512],
  icmp: [2, 65536],
  tcpFlags: [2, 512],
  port: [2, 2 * 65536],
  v4Class: [2, 2 * RANGES],
  v6Class: [2, 2 * RANGES],
  v4Border: [4, 2 * RANGES],
  v6Border: [8, 2 * RANGES * 2],
  rules: [4, 2 * MAX_RULES],
});

/** `struct fluxnet_bitmap`: a 64-bit summary and 64 words of 64 rules. */
export const BITMAP_SIZE = 8 + MAX_RULES / 8;

/** `struct fluxnet_config` */
export const configLayout = layOut({
  slot: [4, 1],
  classes: [4, 1],
  prefixSets: [4, 1],
  reserved: [4, 1],
});

/** 64-bit words of `struct fluxnet_rule_traffic`: packets, bytes, seen. */
export const RULE_TRAFFIC_WORDS = 3;
/** 64-bit words of `struct fluxnet_traffic`: packets, bytes. */
export const TRAFFIC_WORDS = 2;
/** Entries per slot of `rule_counters`: the rules, and the default. */
export const RULE_COUNTERS = MAX_RULES + 1;

type Layout<Name extends string> = Readonly<Record<Name | 'size', number>>;

/** Members in order, each `[bytes of an element, elements]`, aligned to its elements. */
function layOut<Name extends string>(members: Record<Name, readonly [number, number]>) {
  const offsets: Partial<Record<Name | 'size', number>> = {};
  let end = 0;
  let alignment = 1;
  for (const name of Object.keys(members) as Name[]) {
    const [size, count] = members[name];
    alignment = Math.max(alignment, size);
    offsets[name] = Math.ceil(end / size) * size;
    end = offsets[name]! + size * count;
  }
  offsets.size = Math.ceil(end / alignment) * alignment;
  return offsets as Layout<Name>;
}
