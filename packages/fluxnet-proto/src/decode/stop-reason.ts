/** Why decoding went no further. `none` means that there was nothing more to decode. */
export const StopReason = {
  none: 0,
  /** The bytes end before a header does, or before the IPv4 datagram does. */
  truncated: 1,
  /** More VLAN tags than the decoder follows. */
  tooManyVlanTags: 2,
  /** Not ARP and not IPv4. Below 0x0600 it is no EtherType but the length of an 802.3 frame. */
  unknownEtherType: 3,
  /** EtherType says IPv4, the version field does not. */
  badVersion: 4,
  /** A header length is below its minimum or beyond its packet, or ARP's address sizes are wrong. */
  badHeaderLength: 5,
  /** The IPv4 total length is smaller than its header. */
  badTotalLength: 6,
  /** A later fragment: the transport header was in the first one. */
  fragment: 7,
  /** Not ICMP, TCP or UDP, or ARP for something other than IPv4 over Ethernet. */
  unknownProtocol: 8,
  /** The UDP length is smaller than its header or reaches beyond its datagram. */
  badUdpLength: 9,
} as const;

export type StopReason = (typeof StopReason)[keyof typeof StopReason];

const names = Object.keys(StopReason);

/** The name of a reason, or `reason 123` for a number that is none. */
export function stopReasonName(reason: number): string {
  return names[reason] ?? `reason ${reason}`;
}
