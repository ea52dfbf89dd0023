/** What becomes of a packet. Frames for a socket go to that of their receiving queue. */
export type SteeringAction = 'socket' | 'host' | 'drop';

/** From `from` to `to`, both included. */
export interface PortRange {
  readonly from: number;
  readonly to: number;
}

/** Numbers of IP protocols that have names in rules (IANA protocol-numbers). */
export const protocolNumbers = {
  icmp: 1,
  igmp: 2,
  tcp: 6,
  udp: 17,
  gre: 47,
  esp: 50,
  ah: 51,
  icmpv6: 58,
  sctp: 132,
  udplite: 136,
} as const;

export type ProtocolName = keyof typeof protocolNumbers;

/** Bits of the flags byte of a TCP header (RFC 9293 §3.1). */
export const tcpFlagBits = {
  fin: 0x01,
  syn: 0x02,
  rst: 0x04,
  psh: 0x08,
  ack: 0x10,
  urg: 0x20,
  ece: 0x40,
  cwr: 0x80,
} as const;

export type TcpFlagName = keyof typeof tcpFlagBits;

export type OneOrMany<T> = T | readonly T[];

/**
 * A packet matches where all the fields that are given match; of a list, one entry has to. Rules
 * are asked in order and the first that matches decides. They are plain data.
 *
 * Fields are read as tcpdump reads them: where they lie, without judging the rest of the header. A
 * packet that does not have a field matches no rule that asks for it.
 */
export interface SteeringRule {
  readonly action: SteeringAction;
  /** For people, and for counters. */
  readonly name?: string;
  /** Takes the first of every so many matching packets per CPU; the others go on. Default 1. */
  readonly sample?: number;
  /** Behind VLAN tags (up to four), 0 to 65535. */
  readonly etherType?: OneOrMany<number>;
  /** Identifier of the outermost tag, 0 to 4095. */
  readonly vlan?: OneOrMany<number> | 'tagged' | 'untagged';
  readonly ipVersion?: 4 | 6;
  /** What the packet carries, behind extension headers of IPv6 (up to eight). */
  readonly protocol?: OneOrMany<ProtocolName | number>;
  /** The protocol field of IPv4, or the next header field of the IPv6 header itself. */
  readonly nextHeader?: OneOrMany<ProtocolName | number>;
  /** Source: `10.0.0.0/8`, `2001:db8::/32`, or an address. */
  readonly src?: OneOrMany<string>;
  /** Destination. */
  readonly dst?: OneOrMany<string>;
  /** Of TCP, UDP, UDP-Lite or SCTP; later fragments have none. */
  readonly srcPort?: OneOrMany<number | PortRange>;
  readonly dstPort?: OneOrMany<number | PortRange>;
  /** Flags that must be set, and flags that must not be. */
  readonly tcpFlags?: {
    readonly set?: readonly TcpFlagName[];
    readonly clear?: readonly TcpFlagName[];
  };
  /** Together with `protocol: 'icmp'` or `'icmpv6'`. */
  readonly icmpType?: OneOrMany<number>;
  readonly icmpCode?: OneOrMany<number>;
  /** `first` and `later` of several, `any` of these two, or `none`: the datagram is whole. */
  readonly fragment?: 'none' | 'first' | 'later' | 'any';
}

export const ruleKeys = [
  'action',
  'name',
  'sample',
  'etherType',
  'vlan',
  'ipVersion',
  'protocol',
  'nextHeader',
  'src',
  'dst',
  'srcPort',
  'dstPort',
  'tcpFlags',
  'icmpType',
  'icmpCode',
  'fragment',
] as const satisfies readonly (keyof SteeringRule)[];
