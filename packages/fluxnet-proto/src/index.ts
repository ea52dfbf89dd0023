// For users: headers on the wire, in place
export { ARP_HEADER_LENGTH, ArpHeader, ArpOperation } from './arp.js';
// For tests and generators: whole frames
export type { ArpOptions } from './builders/arp.js';
export { writeArp } from './builders/arp.js';
export type { EthernetOptions, Ipv4Options } from './builders/frame.js';
export type { IcmpEchoOptions } from './builders/icmpv4.js';
export { writeIcmpEcho } from './builders/icmpv4.js';
export type { TcpOptions } from './builders/tcp.js';
export { writeTcp } from './builders/tcp.js';
export type { UdpOptions } from './builders/udp.js';
export { writeUdp } from './builders/udp.js';
// For users: checksums
export {
  internetChecksum,
  onesComplementSum,
  pseudoHeaderSum,
  updateChecksum16,
} from './checksum.js';
// For users: what a frame consists of
export { decodeLayers } from './decode-layers.js';
export { ETHERNET_HEADER_LENGTH, EthernetHeader, EtherType, VLAN_TAG_LENGTH } from './ethernet.js';
export { ICMPV4_HEADER_LENGTH, Icmpv4Header, Icmpv4Type } from './icmpv4.js';
export { IPV4_MIN_HEADER_LENGTH, IpProtocol, Ipv4Header } from './ipv4.js';
// For users: addresses as text
export type { Ipv4Prefix } from './ipv4-address.js';
export { formatIpv4, matchesPrefix, parseCidr, parseIpv4 } from './ipv4-address.js';
export { Fragment, Layers } from './layers.js';
export { formatMac, MAC_LENGTH, parseMac } from './mac.js';
export { StopReason, stopReasonName } from './stop-reason.js';
export { TCP_MIN_HEADER_LENGTH, TcpFlag, TcpHeader } from './tcp.js';
export { UDP_HEADER_LENGTH, UdpHeader } from './udp.js';
