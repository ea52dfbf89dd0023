/**
 * Where the fields of an Ethernet header are, and what its type field says.
 *
 * In a file of their own, because bundlers put the numbers in where they are used only if no import
 * stands in front of them, and the hot path is twice as slow when it has to fetch them.
 */

export const ETHERNET_DST_MAC = 0;
export const ETHERNET_SRC_MAC = 6;
export const ETHERNET_ETHER_TYPE = 12;
export const ETHERNET_HEADER_LENGTH = 14;

/** Below it, the two bytes are the length of an IEEE 802.3 frame. */
export const MIN_ETHER_TYPE = 0x0600;

/** A constant of its own, for the hot path: bundlers put in the number. */
export const ETHER_TYPE_IPV4 = 0x0800;

export const EtherType = {
  ipv4: ETHER_TYPE_IPV4,
  arp: 0x0806,
  /** Reverse ARP (RFC 903): ARP's format. */
  rarp: 0x8035,
  /** Ethernet itself, behind GRE and the like. */
  ethernet: 0x6558,
  /** 802.1Q customer tag. */
  vlan: 0x8100,
  ipv6: 0x86dd,
  ppp: 0x880b,
  mpls: 0x8847,
  /** Labels that the sender did not assign (RFC 5332). */
  mplsUpstream: 0x8848,
  pppoeDiscovery: 0x8863,
  pppoeSession: 0x8864,
  /** 802.1ad service tag, the outer one of two. */
  serviceVlan: 0x88a8,
  lldp: 0x88cc,
  /** Service tag before 802.1ad. */
  oldServiceVlan: 0x9100,
} as const;
