import { StopReason } from './stop-reason.js';

export const Fragment = {
  /** The datagram is whole. */
  none: 0,
  /** The first of several: it has the transport header, and only part of the data. */
  first: 1,
  /** A later one: it has data only. */
  later: 2,
} as const;

/** How one packet carries another. */
export const InnerKind = {
  /** It does not. */
  none: 0,
  /** IPv4 or IPv6 right behind an IP header (RFC 2003, RFC 4213). */
  ip: 1,
  gre: 2,
  vxlan: 3,
  geneve: 4,
  /** Ethernet behind MPLS labels (RFC 4448). */
  mpls: 5,
  /** The packet that an ICMP error is about: its beginning only (RFC 792, RFC 4443). */
  icmpError: 6,
} as const;

const DEFAULT_MAX_INNER = 4;

/** Where the small numbers are in `bits`. */
export const FRAGMENT_MASK = 0x03;
export const TRUNCATED_BIT = 0x04;
export const INNER_KIND_SHIFT = 4;
export const VLAN_COUNT_SHIFT = 8;
export const MPLS_COUNT_SHIFT = 16;
export const PPPOE_BIT = 1 << 24;
export const SNAP_BIT = 1 << 25;
const INNER_KIND_MASK = 0x0f;
const COUNT_MASK = 0xff;

/**
 * What `decodeLayers` found in a packet. Make one and use it for every packet.
 *
 * The record itself is about the outermost packet; where that one carries another, `inner` is a
 * record like it about the other, and so on.
 *
 * Offsets, numbers and ports that were not reached are -1, lengths and counts 0. Offsets are
 * relative to the view; a length counts all that its layer carries, and every extent lies within
 * the frame and within the layer below it. An extent is known before its header is checked:
 * `ipProtocol >= 0` says that the IP header is sound, `payloadOffset >= 0` that every header is.
 *
 * Numbers that are rarely anything but 0 share `bits`, and what only few packets have is written
 * for those alone: every field that is written costs each packet (docs/adr/0008).
 */
export class Layers {
  /** Why decoding of this packet, without what it carries, went no further. */
  stopReason: StopReason = StopReason.none;
  bits = 0;
  /** Of the link header; -1 for a packet that begins with its IP header. */
  l2Offset = -1;
  /** Of what is at `l3Offset`, behind tags and labels: also where no header says it. */
  etherType = -1;
  l3Offset = -1;
  l3Length = 0;
  /** Of what is at `l4Offset`, behind IPv6 extension headers and AH. */
  ipProtocol = -1;
  l4Offset = -1;
  l4Length = 0;
  srcPort = -1;
  dstPort = -1;
  payloadOffset = -1;
  payloadLength = 0;

  /** For the decoder: what the getters below show where `bits` says that it is there. */
  outerTci = 0;
  innerTci = 0;
  vlanStart = 0;
  mplsStart = 0;
  pppoeStart = 0;
  innerStart = 0;
  /** What the carried packet begins with. */
  innerEtherType = 0;
  readonly next: Layers | undefined;

  /** @param maxInner how many packets within packets are followed */
  constructor(maxInner = DEFAULT_MAX_INNER) {
    this.next = maxInner > 0 ? new Layers(maxInner - 1) : undefined;
  }

  /** One of `Fragment`. */
  get fragment(): number {
    return this.bits & FRAGMENT_MASK;
  }

  /** Whether the IP header says that there is more than is here: `l3Length` is what is here. */
  get truncated(): boolean {
    return (this.bits & TRUNCATED_BIT) !== 0;
  }

  get vlanCount(): number {
    return (this.bits >>> VLAN_COUNT_SHIFT) & COUNT_MASK;
  }

  /** Of the outermost tag, or -1. */
  get outerVlanId(): number {
    return this.vlanCount > 0 ? this.outerTci & 0xfff : -1;
  }

  /** Of the innermost tag where there are two or more, or -1. */
  get innerVlanId(): number {
    return this.vlanCount > 1 ? this.innerTci & 0xfff : -1;
  }

  /** Of the tag control information of the outermost tag; the others follow at steps of 4. */
  get vlanOffset(): number {
    return this.vlanCount > 0 ? this.vlanStart : -1;
  }

  get mplsCount(): number {
    return (this.bits >>> MPLS_COUNT_SHIFT) & COUNT_MASK;
  }

  /** Of the outermost label stack entry; the others follow at steps of 4. */
  get mplsOffset(): number {
    return this.mplsCount > 0 ? this.mplsStart : -1;
  }

  get pppoeOffset(): number {
    return (this.bits & PPPOE_BIT) !== 0 ? this.pppoeStart : -1;
  }

  /** Of the LLC header of an 802.3 frame whose SNAP header has the EtherType. */
  get snapOffset(): number {
    return (this.bits & SNAP_BIT) !== 0 ? this.l3Offset - 8 : -1;
  }

  /** One of `InnerKind`. */
  get innerKind(): number {
    return (this.bits >>> INNER_KIND_SHIFT) & INNER_KIND_MASK;
  }

  /** Where the carried packet begins. */
  get innerOffset(): number {
    return this.innerKind !== InnerKind.none ? this.innerStart : -1;
  }

  /** The packet that this one carries, if it carries one. */
  get inner(): Layers | undefined {
    return this.innerKind !== InnerKind.none ? this.next : undefined;
  }

  /** The packet that carries no other, maybe this one. */
  get innermost(): Layers {
    let level: Layers = this;
    for (let inner = level.inner; inner !== undefined; inner = level.inner) level = inner;
    return level;
  }

  /** How many tunnels are around the innermost packet. An ICMP error is none. */
  get tunnelDepth(): number {
    let depth = 0;
    let level: Layers = this;
    for (let inner = level.inner; inner !== undefined; inner = level.inner) {
      if (level.innerKind !== InnerKind.icmpError) depth++;
      level = inner;
    }
    return depth;
  }
}
