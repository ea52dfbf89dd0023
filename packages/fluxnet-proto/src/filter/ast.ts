/** What a filter expression says, as a tree. Positions are those of the text it was read from. */

export type Direction = 'src' | 'dst' | 'either' | 'both';

/** Protocols that an expression can name and read bytes of. */
export type ProtocolName =
  | 'ip'
  | 'ip6'
  | 'arp'
  | 'rarp'
  | 'tcp'
  | 'udp'
  | 'sctp'
  | 'icmp'
  | 'icmp6'
  | 'igmp'
  | 'igrp'
  | 'pim'
  | 'vrrp'
  | 'carp'
  | 'ah'
  | 'esp';

export type TransportName = 'tcp' | 'udp' | 'sctp';

export type FilterExpression =
  | { readonly type: 'all' }
  | {
      readonly type: 'and' | 'or';
      readonly left: FilterExpression;
      readonly right: FilterExpression;
    }
  | { readonly type: 'not'; readonly operand: FilterExpression }
  | { readonly type: 'protocol'; readonly protocol: ProtocolName }
  | { readonly type: 'etherProtocol'; readonly etherType: number }
  /** Without a version, both. Of IPv6 it is the next header, or the one behind a fragment header. */
  | {
      readonly type: 'ipProtocol';
      readonly version: 4 | 6 | undefined;
      readonly protocol: number;
    }
  | { readonly type: 'mac'; readonly direction: Direction; readonly address: Uint8Array }
  /** Without a protocol: IPv4, and the addresses that ARP and RARP are about. */
  | {
      readonly type: 'ipv4Net';
      readonly protocol: 'ip' | 'arp' | 'rarp' | undefined;
      readonly direction: Direction;
      readonly address: number;
      readonly mask: number;
    }
  | {
      readonly type: 'ipv6Net';
      readonly direction: Direction;
      readonly address: Uint8Array;
      readonly length: number;
    }
  /** Of IPv4 only packets that are whole or first fragments. Without a transport, any of three. */
  | {
      readonly type: 'port';
      readonly transport: TransportName | undefined;
      readonly direction: Direction;
      readonly first: number;
      readonly last: number;
    }
  | { readonly type: 'broadcast'; readonly protocol: 'ether' | 'ip' }
  | { readonly type: 'multicast'; readonly protocol: 'ether' | 'ip' | 'ip6' }
  /** These three move what follows in the expression behind their header. */
  | { readonly type: 'vlan'; readonly id: number | undefined }
  | { readonly type: 'mpls'; readonly label: number | undefined }
  | { readonly type: 'pppoes'; readonly session: number | undefined }
  | {
      readonly type: 'relation';
      readonly operator: Relation;
      readonly left: FilterArithmetic;
      readonly right: FilterArithmetic;
    };

export type Relation = '=' | '!=' | '<' | '<=' | '>' | '>=';
export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%' | '&' | '|' | '^' | '<<' | '>>';

/** In unsigned 32-bit numbers. */
export type FilterArithmetic =
  | { readonly type: 'number'; readonly value: number }
  /** Of the packet on the wire. */
  | { readonly type: 'length' }
  | {
      readonly type: 'bytes';
      readonly protocol: ProtocolName | 'ether';
      readonly index: FilterArithmetic;
      readonly size: 1 | 2 | 4;
    }
  | { readonly type: 'negative'; readonly operand: FilterArithmetic }
  | {
      readonly type: 'binary';
      readonly operator: ArithmeticOperator;
      readonly left: FilterArithmetic;
      readonly right: FilterArithmetic;
    };
