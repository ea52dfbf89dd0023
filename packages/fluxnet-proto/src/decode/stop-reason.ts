/** A constant of its own, for the hot path: bundlers put in the number. */
export const STOP_REASON_NONE = 0;

/** Why decoding went no further. `none` means that there was nothing more to decode. */
export const StopReason = {
  none: STOP_REASON_NONE,
  /** The bytes end before a header does, or before the IP packet does. */
  truncated: 1,
  /** More VLAN tags than the decoder follows. */
  tooManyVlanTags: 2,
  /** An EtherType that the decoder does not know, or an 802.3 frame without one. */
  unknownEtherType: 3,
  /** The version field is not what the header below announced. */
  badVersion: 4,
  /** A header length is below its minimum or beyond its packet, or ARP's address sizes are wrong. */
  badHeaderLength: 5,
  /** The length of the whole packet is smaller than its header. */
  badTotalLength: 6,
  /** A later fragment: the transport header was in the first one. */
  fragment: 7,
  /** A protocol that the decoder does not know, or ARP for other than IPv4 over Ethernet. */
  unknownProtocol: 8,
  /** The UDP length is smaller than its header or reaches beyond its datagram. */
  badUdpLength: 9,
  /** More MPLS labels than the decoder follows. */
  tooManyLabels: 10,
  /** More IPv6 extension headers than the decoder follows. */
  tooManyExtensions: 11,
  /** More packets within packets than the record has room for. */
  tooManyTunnels: 12,
  /** A link type that the decoder does not know. */
  unknownLinkType: 13,
} as const;

export type StopReason = (typeof StopReason)[keyof typeof StopReason];

const names = Object.keys(StopReason);

/** The name of a reason, or `reason 123` for a number that is none. */
export function stopReasonName(reason: number): string {
  return names[reason] ?? `reason ${reason}`;
}
