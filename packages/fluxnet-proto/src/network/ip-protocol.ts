/** Constants of their own, for the hot path: bundlers put in the numbers. */
export const IP_PROTOCOL_TCP = 6;
export const IP_PROTOCOL_UDP = 17;

/** What an IP header carries (IANA's "Protocol Numbers"). */
export const IpProtocol = {
  /** IPv6 hop-by-hop options. */
  hopByHop: 0,
  icmp: 1,
  igmp: 2,
  /** IPv4 in IP. */
  ipv4: 4,
  tcp: IP_PROTOCOL_TCP,
  udp: IP_PROTOCOL_UDP,
  /** IPv6 in IP. */
  ipv6: 41,
  /** IPv6 routing header. */
  routing: 43,
  /** IPv6 fragment header. */
  fragment: 44,
  gre: 47,
  esp: 50,
  ah: 51,
  icmpv6: 58,
  noNextHeader: 59,
  /** IPv6 destination options. */
  destinationOptions: 60,
  sctp: 132,
  /** MPLS in IP (RFC 4023). */
  mpls: 137,
  /** Ethernet in IP (RFC 8986). */
  ethernet: 143,
} as const;
