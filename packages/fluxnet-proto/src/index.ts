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
export { decodeLayers } from './decode/decode-layers.js';
export { Fragment, Layers } from './decode/layers.js';
export { StopReason, stopReasonName } from './decode/stop-reason.js';
// For users: errors
export { ProtoError, type ProtoErrorCode, type ProtoErrorDetails } from './error.js';
// For users: addresses as text
export type { Ipv4Prefix } from './ipv4-address.js';
export { formatIpv4, matchesPrefix, parseCidr, parseIpv4 } from './ipv4-address.js';
// For users: headers on the wire, in place
export { ARP_HEADER_LENGTH, ArpHeader, ArpOperation } from './link/arp.js';
export {
  ETHERNET_HEADER_LENGTH,
  EthernetHeader,
  EtherType,
  VLAN_TAG_LENGTH,
} from './link/ethernet.js';
export { formatMac, MAC_LENGTH, parseMac } from './mac.js';
export { ICMPV4_HEADER_LENGTH, Icmpv4Header, Icmpv4Type } from './network/icmpv4.js';
export { IPV4_MIN_HEADER_LENGTH, IpProtocol, Ipv4Header } from './network/ipv4.js';
// For users: captures
export type {
  Annotated,
  CaptureBlock,
  CaptureEvent,
  CaptureInterface,
  CaptureOption,
  CapturePacket,
  CaptureSection,
  CaptureStatistics,
  CaptureTime,
} from './pcap/capture.js';
export { CaptureReader, type CaptureReaderOptions } from './pcap/capture-reader.js';
export { LinkType } from './pcap/link-type.js';
export type { CaptureSink } from './pcap/output.js';
export type { PacketToWrite } from './pcap/packet-to-write.js';
export { PcapWriter, type PcapWriterOptions } from './pcap/pcap-writer.js';
export {
  type InterfaceToWrite,
  type PcapngPacketToWrite,
  PcapngWriter,
  type PcapngWriterOptions,
  type SectionToWrite,
  type StatisticsToWrite,
} from './pcap/pcapng-writer.js';
export { parseCapture, readCapture } from './pcap/read-capture.js';
export { TCP_MIN_HEADER_LENGTH, TcpFlag, TcpHeader } from './transport/tcp.js';
export { UDP_HEADER_LENGTH, UdpHeader } from './transport/udp.js';
