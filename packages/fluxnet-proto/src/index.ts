// For tests and generators: whole frames

export { formatIpv4, parseIpv4 } from './address/ipv4-address.js';
// For users: addresses as text, and the longest prefix of one among millions
export { Ipv4PrefixMap, MAX_PREFIX_VALUE } from './address/ipv4-prefix-map.js';
export { formatIpv6, IPV6_LENGTH, parseIpv6 } from './address/ipv6-address.js';
export { Ipv6PrefixMap } from './address/ipv6-prefix-map.js';
export { formatMac, MAC_LENGTH, parseMac } from './address/mac.js';
export {
  formatIpv4Prefix,
  formatIpv6Prefix,
  type Ipv4Prefix,
  type Ipv6Prefix,
  matchesIpv4Prefix,
  matchesIpv6Prefix,
  parseIpv4Prefix,
  parseIpv6Prefix,
} from './address/prefix.js';
export type { ArpOptions } from './builders/arp.js';
export { writeArp } from './builders/arp.js';
export type { EthernetOptions, Ipv4Options } from './builders/frame.js';
export type { IcmpEchoOptions } from './builders/icmpv4.js';
export { writeIcmpEcho } from './builders/icmpv4.js';
export type { TcpOptions } from './builders/tcp.js';
export { writeTcp } from './builders/tcp.js';
export type { UdpOptions } from './builders/udp.js';
export { writeUdp } from './builders/udp.js';
export { crc32c, sctpChecksum } from './checksum/crc32c.js';
// For users: checksums
export {
  internetChecksum,
  onesComplementSum,
  pseudoHeaderSum,
  updateChecksum16,
  updateChecksum32,
  updateChecksumSum,
} from './checksum/internet-checksum.js';
export { ipv6PseudoHeaderSum } from './checksum/ipv6-pseudo-header.js';
export { ChecksumVerdict, verifyIpv4Checksum, verifyL4Checksum } from './checksum/verify.js';
// For users: what a frame consists of
export { decodeLayers } from './decode/decode-layers.js';
export { Fragment, InnerKind, Layers } from './decode/layers.js';
export { StopReason, stopReasonName } from './decode/stop-reason.js';
// For users: errors
export { ProtoError, type ProtoErrorCode, type ProtoErrorDetails } from './error.js';
// For users and integrators: filter expressions
export type {
  ArithmeticOperator,
  Direction,
  FilterArithmetic,
  FilterExpression,
  ProtocolName,
  Relation,
  TransportName,
} from './filter/ast.js';
export { compileFilter, type FilterOptions, type PacketFilter } from './filter/compile.js';
export { parseFilter } from './filter/parse.js';
// For users: flows
export { communityId } from './flow/community-id.js';
export { FlowKey } from './flow/flow-key.js';
export {
  MICROSOFT_RSS_KEY,
  RssIndirection,
  SYMMETRIC_RSS_KEY,
  ToeplitzHash,
} from './flow/toeplitz.js';
export { HeaderOptions, Ipv4OptionKind, TcpOptionKind } from './header-options.js';
// For users: link headers, in place
export { ARP_HEADER_LENGTH, ArpHeader, ArpOperation } from './link/arp.js';
export { EthernetHeader } from './link/ethernet.js';
export { ETHERNET_HEADER_LENGTH, EtherType } from './link/ethernet-layout.js';
export { LLC_SNAP_LENGTH, LlcHeader } from './link/llc.js';
export { LldpChassisIdSubtype, LldpPortIdSubtype, LldpTlvs, LldpTlvType } from './link/lldp.js';
export { MPLS_ENTRY_LENGTH, MplsEntry } from './link/mpls.js';
export { PppProtocol } from './link/ppp.js';
export { PPPOE_HEADER_LENGTH, PppoeHeader } from './link/pppoe.js';
export { SLL_HEADER_LENGTH, SllHeader, SllPacketType } from './link/sll.js';
export { SLL2_HEADER_LENGTH, Sll2Header } from './link/sll2.js';
export { VLAN_TAG_LENGTH, VlanTag } from './link/vlan.js';
export { GroupRecords } from './network/group-records.js';
// For users: network headers, in place
export { ICMPV4_HEADER_LENGTH, Icmpv4Header, Icmpv4Type } from './network/icmpv4.js';
export { ICMPV6_HEADER_LENGTH, Icmpv6Header, Icmpv6Type } from './network/icmpv6.js';
export { IGMP_HEADER_LENGTH, IgmpHeader, IgmpType } from './network/igmp.js';
export { IpProtocol } from './network/ip-protocol.js';
export { IPV4_MIN_HEADER_LENGTH, Ipv4Header } from './network/ipv4.js';
export { Ipv6Header } from './network/ipv6.js';
export { Ipv6Extensions } from './network/ipv6-extensions.js';
export { IPV6_HEADER_LENGTH } from './network/ipv6-layout.js';
export { Ipv6Options, Ipv6OptionType } from './network/ipv6-options.js';
export { NdpMessage } from './network/ndp.js';
export { NdpOptions, NdpOptionType, ndpOptionsOffset } from './network/ndp-options.js';
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
// For users: transport headers, in place
export { SCTP_HEADER_LENGTH, SctpHeader } from './transport/sctp.js';
export { SctpChunks, SctpChunkType } from './transport/sctp-chunks.js';
export { TCP_MIN_HEADER_LENGTH, TcpFlag, TcpHeader } from './transport/tcp.js';
export { UDP_HEADER_LENGTH, UdpHeader } from './transport/udp.js';
// For users: tunnel headers, in place
export { GENEVE_HEADER_LENGTH, GENEVE_PORT, GeneveHeader } from './tunnel/geneve.js';
export { GeneveOptions } from './tunnel/geneve-options.js';
export { GRE_MIN_HEADER_LENGTH, GreFlag, GreHeader } from './tunnel/gre.js';
export { VXLAN_HEADER_LENGTH, VXLAN_PORT, VxlanHeader } from './tunnel/vxlan.js';
