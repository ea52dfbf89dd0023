/** Everything that an IP header can announce: transport protocols, ICMP, IGMP, and tunnels. */

import { EtherType } from '../link/ethernet-layout.js';
import { ICMPV4_HEADER_LENGTH, ICMPV4_TYPE, isIcmpv4Error } from '../network/icmpv4.js';
import { ICMPV6_HEADER_LENGTH, ICMPV6_TYPE, isIcmpv6Error } from '../network/icmpv6.js';
import { IGMP_HEADER_LENGTH } from '../network/igmp.js';
import { IpProtocol } from '../network/ip-protocol.js';
import { SCTP_HEADER_LENGTH } from '../transport/sctp.js';
import { TCP_DATA_OFFSET, TCP_MIN_HEADER_LENGTH } from '../transport/tcp.js';
import { UDP_HEADER_LENGTH, UDP_LENGTH } from '../transport/udp.js';
import { decodeGre, decodeUdpTunnel, isTunnelPort } from './decode-tunnel.js';
import { beginInner } from './inner.js';
import { Fragment, InnerKind, type Layers, TRUNCATED_BIT } from './layers.js';
import { endAtTransport, stopAtPayload, stopAtTransport } from './stop.js';
import { StopReason } from './stop-reason.js';

const PORTS_LENGTH = 4;
/** Packets that may be shorter than their headers say. */
const PARTIAL = Fragment.first | TRUNCATED_BIT;

export function decodeTransport(
  view: DataView,
  protocol: number,
  offset: number,
  length: number,
  layers: Layers,
): StopReason {
  if (protocol === IpProtocol.udp) return decodeUdp(view, offset, length, layers);
  if (protocol === IpProtocol.tcp) return decodeTcp(view, offset, length, layers);
  return decodeOther(view, protocol, offset, length, layers);
}

function decodeUdp(view: DataView, offset: number, length: number, layers: Layers): StopReason {
  if (length < UDP_HEADER_LENGTH) {
    return stopAtPorts(view, offset, length, layers, StopReason.truncated);
  }
  const ports = view.getInt32(offset);
  const dstPort = ports & 0xffff;
  let udpLength = view.getUint16(offset + UDP_LENGTH);
  if (udpLength < UDP_HEADER_LENGTH || udpLength > length) {
    if (udpLength < UDP_HEADER_LENGTH || (layers.bits & PARTIAL) === 0) {
      return stopAtPorts(view, offset, length, layers, StopReason.badUdpLength);
    }
    udpLength = length;
  }
  // IP may carry bytes behind the UDP datagram; they are not part of it.
  layers.l4Offset = offset;
  layers.l4Length = udpLength;
  layers.srcPort = ports >>> 16;
  layers.dstPort = dstPort;
  layers.payloadOffset = offset + UDP_HEADER_LENGTH;
  layers.payloadLength = udpLength - UDP_HEADER_LENGTH;
  if (isTunnelPort(dstPort)) decodeUdpTunnel(view, dstPort, layers);
  layers.stopReason = StopReason.none;
  return StopReason.none;
}

function decodeTcp(view: DataView, offset: number, length: number, layers: Layers): StopReason {
  if (length < TCP_MIN_HEADER_LENGTH) {
    return stopAtPorts(view, offset, length, layers, StopReason.truncated);
  }
  const headerLength = (view.getUint8(offset + TCP_DATA_OFFSET) >>> 4) << 2;
  if (headerLength < TCP_MIN_HEADER_LENGTH || headerLength > length) {
    const reason =
      headerLength > length && (layers.bits & PARTIAL) !== 0
        ? StopReason.truncated
        : StopReason.badHeaderLength;
    return stopAtPorts(view, offset, length, layers, reason);
  }
  return endWithPorts(view, offset, length, layers, headerLength);
}

function decodeOther(
  view: DataView,
  protocol: number,
  offset: number,
  length: number,
  layers: Layers,
): StopReason {
  switch (protocol) {
    case IpProtocol.icmp:
      return decodeIcmpv4(view, offset, length, layers);
    case IpProtocol.icmpv6:
      return decodeIcmpv6(view, offset, length, layers);
    case IpProtocol.igmp:
      return decodePlain(offset, length, layers, IGMP_HEADER_LENGTH);
    case IpProtocol.sctp:
      if (length < SCTP_HEADER_LENGTH) {
        return stopAtPorts(view, offset, length, layers, StopReason.truncated);
      }
      return endWithPorts(view, offset, length, layers, SCTP_HEADER_LENGTH);
    case IpProtocol.gre:
      return decodeGre(view, offset, length, layers);
    case IpProtocol.ipv4:
      return carry(layers, InnerKind.ip, EtherType.ipv4, offset, length, 0);
    case IpProtocol.ipv6:
      return carry(layers, InnerKind.ip, EtherType.ipv6, offset, length, 0);
    case IpProtocol.ethernet:
      return carry(layers, InnerKind.ip, EtherType.ethernet, offset, length, 0);
    case IpProtocol.mpls:
      return carry(layers, InnerKind.ip, EtherType.mpls, offset, length, 0);
    case IpProtocol.noNextHeader:
      return endAtTransport(layers, offset, length, 0);
    default:
      return stopAtTransport(layers, offset, length, StopReason.unknownProtocol);
  }
}

function decodeIcmpv4(view: DataView, offset: number, length: number, layers: Layers): StopReason {
  if (length <= ICMPV4_HEADER_LENGTH || !isIcmpv4Error(view.getUint8(offset + ICMPV4_TYPE))) {
    return decodePlain(offset, length, layers, ICMPV4_HEADER_LENGTH);
  }
  const { icmpError } = InnerKind;
  return carry(layers, icmpError, EtherType.ipv4, offset, length, ICMPV4_HEADER_LENGTH);
}

function decodeIcmpv6(view: DataView, offset: number, length: number, layers: Layers): StopReason {
  if (length <= ICMPV6_HEADER_LENGTH || !isIcmpv6Error(view.getUint8(offset + ICMPV6_TYPE))) {
    return decodePlain(offset, length, layers, ICMPV6_HEADER_LENGTH);
  }
  const { icmpError } = InnerKind;
  return carry(layers, icmpError, EtherType.ipv6, offset, length, ICMPV6_HEADER_LENGTH);
}

/** A header of fixed length, and data. */
function decodePlain(
  offset: number,
  length: number,
  layers: Layers,
  headerLength: number,
): StopReason {
  if (length < headerLength) return stopAtTransport(layers, offset, length, StopReason.truncated);
  return endAtTransport(layers, offset, length, headerLength);
}

/** A header of fixed length, and a packet. */
function carry(
  layers: Layers,
  kind: number,
  etherType: number,
  offset: number,
  length: number,
  headerLength: number,
): StopReason {
  beginInner(layers, kind, etherType, offset + headerLength);
  return endAtTransport(layers, offset, length, headerLength);
}

function endWithPorts(
  view: DataView,
  offset: number,
  length: number,
  layers: Layers,
  headerLength: number,
): StopReason {
  const ports = view.getInt32(offset);
  layers.l4Offset = offset;
  layers.l4Length = length;
  layers.srcPort = ports >>> 16;
  layers.dstPort = ports & 0xffff;
  layers.payloadOffset = offset + headerLength;
  layers.payloadLength = length - headerLength;
  layers.stopReason = StopReason.none;
  return StopReason.none;
}

/** The header is not sound; the ports in its first four bytes are told all the same. */
function stopAtPorts(
  view: DataView,
  offset: number,
  length: number,
  layers: Layers,
  reason: StopReason,
): StopReason {
  if (length < PORTS_LENGTH) return stopAtTransport(layers, offset, length, reason);
  endWithPorts(view, offset, length, layers, 0);
  return stopAtPayload(layers, reason);
}
