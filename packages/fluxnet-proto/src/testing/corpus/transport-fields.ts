import { formatIpv4 } from '../../address/ipv4-address.js';
import { formatMac } from '../../address/mac.js';
import { Fragment, type Layers } from '../../decode/layers.js';
import { HeaderOptions, TcpOptionKind } from '../../header-options.js';
import { EtherType } from '../../link/ethernet-layout.js';
import { GroupRecords } from '../../network/group-records.js';
import { Icmpv4Header, Icmpv4Type } from '../../network/icmpv4.js';
import { Icmpv6Header, Icmpv6Type } from '../../network/icmpv6.js';
import { IGMPV3_QUERY_LENGTH, IgmpHeader, IgmpType } from '../../network/igmp.js';
import { IpProtocol } from '../../network/ip-protocol.js';
import { IPV4_TOTAL_LENGTH } from '../../network/ipv4.js';
import { IPV6_HEADER_LENGTH, IPV6_PAYLOAD_LENGTH } from '../../network/ipv6-layout.js';
import { NdpMessage } from '../../network/ndp.js';
import { NdpOptions, NdpOptionType, ndpOptionsOffset } from '../../network/ndp-options.js';
import { SctpHeader } from '../../transport/sctp.js';
import { SctpChunks } from '../../transport/sctp-chunks.js';
import { TcpHeader } from '../../transport/tcp.js';
import { UdpHeader } from '../../transport/udp.js';
import { add, type Fields, hex } from './extract.js';
import { formatAddress } from './network-fields.js';

export function transportFields(view: DataView, layers: Layers, fields: Fields): void {
  if (layers.l4Offset === -1) return;
  switch (layers.ipProtocol) {
    case IpProtocol.tcp:
      tcpFields(view, layers, fields);
      break;
    case IpProtocol.udp:
      udpFields(view, layers, fields);
      break;
    case IpProtocol.sctp:
      sctpFields(view, layers, fields);
      break;
    case IpProtocol.icmp:
      icmpv4Fields(view, layers, fields);
      break;
    case IpProtocol.icmpv6:
      icmpv6Fields(view, layers, fields);
      break;
    case IpProtocol.igmp:
      igmpFields(view, layers, fields);
      break;
  }
}

function tcpFields(view: DataView, layers: Layers, fields: Fields): void {
  if (layers.srcPort === -1) return;
  add(fields, 'tcp.srcport', layers.srcPort);
  add(fields, 'tcp.dstport', layers.dstPort);
  const tcp = new TcpHeader(view).at(layers.l4Offset);
  if (layers.l4Length >= 8) add(fields, 'tcp.seq_raw', tcp.sequenceNumber);
  if (layers.l4Length < 20) return;
  add(fields, 'tcp.ack_raw', tcp.acknowledgmentNumber);
  add(fields, 'tcp.hdr_len', tcp.headerLength);
  if (tcp.headerLength < 20) return;
  add(fields, 'tcp.flags', hex((tcp.reserved << 8) | tcp.flags, 4));
  add(fields, 'tcp.window_size_value', tcp.window);
  add(fields, 'tcp.checksum', hex(tcp.checksum, 4));
  add(fields, 'tcp.urgent_pointer', tcp.urgentPointer);
  if (layers.payloadOffset === -1) return;
  if (layers.fragment === Fragment.none)
    add(fields, 'tcp.len', tcpLength(view, layers) - tcp.headerLength);
  tcpOptionFields(view, layers.l4Offset + 20, layers.payloadOffset, fields);
}

/** What the IP header says, also where the packet is cut. */
function tcpLength(view: DataView, layers: Layers): number {
  const { l3Offset, l4Offset } = layers;
  const totalLength =
    layers.etherType === EtherType.ipv4
      ? view.getUint16(l3Offset + IPV4_TOTAL_LENGTH)
      : IPV6_HEADER_LENGTH + view.getUint16(l3Offset + IPV6_PAYLOAD_LENGTH);
  return totalLength - (l4Offset - l3Offset);
}

function tcpOptionFields(view: DataView, offset: number, end: number, fields: Fields): void {
  const options = new HeaderOptions(view).over(offset, end);
  while (options.next()) {
    add(fields, 'tcp.option_kind', options.kind);
    const at = options.dataOffset;
    const length = options.dataLength;
    if (options.kind === TcpOptionKind.maximumSegmentSize && length === 2) {
      add(fields, 'tcp.options.mss_val', view.getUint16(at));
    } else if (options.kind === TcpOptionKind.windowScale && length === 1) {
      add(fields, 'tcp.options.wscale.shift', view.getUint8(at));
    } else if (options.kind === TcpOptionKind.sackPermitted) {
      add(fields, 'tcp.options.sack_perm', hex(view.getUint16(options.offset), 4).slice(2));
    } else if (options.kind === TcpOptionKind.timestamps && length === 8) {
      add(fields, 'tcp.options.timestamp.tsval', view.getUint32(at));
    }
  }
}

function udpFields(view: DataView, layers: Layers, fields: Fields): void {
  if (layers.srcPort === -1) return;
  add(fields, 'udp.srcport', layers.srcPort);
  add(fields, 'udp.dstport', layers.dstPort);
  const udp = new UdpHeader(view).at(layers.l4Offset);
  if (layers.l4Length >= 6) add(fields, 'udp.length', udp.length);
  if (layers.l4Length >= 8 && udp.length >= 8) add(fields, 'udp.checksum', hex(udp.checksum, 4));
}

function sctpFields(view: DataView, layers: Layers, fields: Fields): void {
  if (layers.payloadOffset === -1) return;
  const sctp = new SctpHeader(view).at(layers.l4Offset);
  add(fields, 'sctp.srcport', sctp.srcPort);
  add(fields, 'sctp.dstport', sctp.dstPort);
  add(fields, 'sctp.verification_tag', hex(sctp.verificationTag, 8));
  const end = layers.payloadOffset + layers.payloadLength;
  const chunks = new SctpChunks(view).over(layers.payloadOffset, end);
  while (chunks.next()) add(fields, 'sctp.chunk_type', chunks.type);
}

function icmpv4Fields(view: DataView, layers: Layers, fields: Fields): void {
  if (layers.l4Length < 4) return;
  const icmp = new Icmpv4Header(view).at(layers.l4Offset);
  add(fields, 'icmp.type', icmp.type);
  add(fields, 'icmp.code', icmp.code);
  add(fields, 'icmp.checksum', hex(icmp.checksum, 4));
  if (layers.payloadOffset === -1) return;
  const { echo, echoReply, timestamp, timestampReply } = Icmpv4Type;
  const withIdentifier: readonly number[] = [echo, echoReply, timestamp, timestampReply, 17, 18];
  if (!withIdentifier.includes(icmp.type)) return;
  add(fields, 'icmp.ident', icmp.identifier);
  add(fields, 'icmp.seq', icmp.sequenceNumber);
}

function icmpv6Fields(view: DataView, layers: Layers, fields: Fields): void {
  if (layers.l4Length < 4) return;
  const { l4Offset } = layers;
  const icmp = new Icmpv6Header(view).at(l4Offset);
  const end = l4Offset + layers.l4Length;
  add(fields, 'icmpv6.type', icmp.type);
  add(fields, 'icmpv6.code', icmp.code);
  add(fields, 'icmpv6.checksum', hex(icmp.checksum, 4));
  const optionsOffset = ndpOptionsOffset(icmp.type);
  if (optionsOffset === -1 || layers.l4Length < optionsOffset) return;
  const address = new Uint8Array(16);
  const message = new NdpMessage(view).at(l4Offset);
  if (icmp.type === Icmpv6Type.neighborSolicitation) {
    message.copyTargetAddress(address);
    add(fields, 'icmpv6.nd.ns.target_address', formatAddress(address));
  } else if (icmp.type === Icmpv6Type.neighborAdvertisement) {
    message.copyTargetAddress(address);
    add(fields, 'icmpv6.nd.na.target_address', formatAddress(address));
  }
  const options = new NdpOptions(view).over(l4Offset + optionsOffset, end);
  const mac = new Uint8Array(6);
  while (options.next()) {
    const { sourceLinkLayerAddress, targetLinkLayerAddress, prefixInformation } = NdpOptionType;
    if (options.type === sourceLinkLayerAddress || options.type === targetLinkLayerAddress) {
      options.copyLinkLayerAddress(mac);
      add(fields, 'icmpv6.opt.linkaddr', formatMac(mac));
    } else if (options.type === prefixInformation && options.length === 32) {
      options.copyPrefix(address);
      add(fields, 'icmpv6.opt.prefix', formatAddress(address));
    }
  }
}

const IGMP_VERSIONS: Readonly<Record<number, number>> = {
  [IgmpType.membershipReportV1]: 1,
  [IgmpType.membershipReportV2]: 2,
  [IgmpType.leaveGroup]: 2,
  [IgmpType.membershipReportV3]: 3,
};

function igmpFields(view: DataView, layers: Layers, fields: Fields): void {
  if (layers.payloadOffset === -1) return;
  const igmp = new IgmpHeader(view).at(layers.l4Offset);
  const isQuery = igmp.type === IgmpType.membershipQuery;
  const isV3Query = isQuery && layers.l4Length >= IGMPV3_QUERY_LENGTH;
  const queryVersion = isV3Query ? 3 : igmp.maxRespCode === 0 ? 1 : 2;
  const version = isQuery ? queryVersion : IGMP_VERSIONS[igmp.type];
  add(fields, 'igmp.type', hex(igmp.type, 2));
  if (version !== undefined) add(fields, 'igmp.version', version);
  if (igmp.type !== IgmpType.membershipReportV3) {
    if (version !== undefined) add(fields, 'igmp.maddr', formatIpv4(igmp.groupAddress));
    if (isV3Query) add(fields, 'igmp.num_src', igmp.sourceCount);
    return;
  }
  add(fields, 'igmp.num_grp_recs', igmp.groupRecordCount);
  const end = layers.l4Offset + layers.l4Length;
  const records = new GroupRecords(view, 4).over(layers.l4Offset + 8, end);
  while (records.next()) {
    add(fields, 'igmp.record_type', records.recordType);
    add(fields, 'igmp.num_src', records.sourceCount);
    add(fields, 'igmp.maddr', formatIpv4(view.getUint32(records.addressOffset)));
  }
}
