/** A constant of its own, for the hot path: bundlers put in the number. */
export const LINK_TYPE_ETHERNET = 1;

/** Link types (DLT values as files have them) of www.tcpdump.org/linktypes.html that matter here. */
export const LinkType = {
  /** BSD loopback: four bytes of address family in the byte order of the host that captured. */
  null: 0,
  ethernet: LINK_TYPE_ETHERNET,
  /** With or without HDLC's address and control bytes (RFC 1662). */
  ppp: 9,
  /** IPv4 or IPv6 without anything before it. */
  raw: 101,
  ieee80211: 105,
  /** OpenBSD loopback: as `null`, in network byte order. */
  loop: 108,
  /** Linux cooked capture, version 1. */
  linuxSll: 113,
  ieee80211Radiotap: 127,
  ipv4: 228,
  ipv6: 229,
  /** Linux cooked capture, version 2. */
  linuxSll2: 276,
} as const;

export type LinkType = (typeof LinkType)[keyof typeof LinkType];
