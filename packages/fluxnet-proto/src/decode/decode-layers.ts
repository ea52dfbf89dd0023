/**
 * Finds the layers of an Ethernet frame: up to two VLAN tags, then ARP, or IPv4 with ICMP, TCP or
 * UDP. It believes no length that it has not checked against the bytes there are, it never throws,
 * and its work is bounded: there is no loop but the one over two tags.
 *
 * It does not verify checksums: a network card does that, and one that does not leaves it to those
 * who need it.
 */

import {
  ARP_HARDWARE_ETHERNET,
  ARP_HARDWARE_LENGTH,
  ARP_HARDWARE_TYPE,
  ARP_HEADER_LENGTH,
  ARP_PROTOCOL_LENGTH,
  ARP_PROTOCOL_TYPE,
} from '../link/arp.js';
import {
  ETHERNET_ETHER_TYPE,
  ETHERNET_HEADER_LENGTH,
  EtherType,
  VLAN_ID_MASK,
  VLAN_TAG_LENGTH,
} from '../link/ethernet.js';
import { MAC_LENGTH } from '../mac.js';
import { ICMPV4_HEADER_LENGTH } from '../network/icmpv4.js';
import {
  IPV4_FRAGMENT,
  IPV4_FRAGMENT_OFFSET_MASK,
  IPV4_MIN_HEADER_LENGTH,
  IPV4_MORE_FRAGMENTS,
  IPV4_PROTOCOL,
  IPV4_TOTAL_LENGTH,
  IPV4_VERSION_IHL,
  IpProtocol,
} from '../network/ipv4.js';
import {
  TCP_DATA_OFFSET,
  TCP_DST_PORT,
  TCP_MIN_HEADER_LENGTH,
  TCP_SRC_PORT,
} from '../transport/tcp.js';
import { UDP_DST_PORT, UDP_HEADER_LENGTH, UDP_LENGTH, UDP_SRC_PORT } from '../transport/udp.js';
import { Fragment, type Layers } from './layers.js';
import { StopReason } from './stop-reason.js';

const MAX_VLAN_TAGS = 2;
const IPV4_ADDRESS_LENGTH = 4;

/** Decodes the frame of `length` bytes at `offset` and says where it stopped. */
export function decodeLayers(
  view: DataView,
  offset: number,
  length: number,
  layers: Layers,
): StopReason {
  layers.vlanCount = 0;
  layers.outerVlanId = -1;
  layers.innerVlanId = -1;
  layers.etherType = -1;
  layers.l3Offset = -1;
  layers.l3Length = 0;
  layers.ipProtocol = -1;
  layers.fragment = Fragment.none;
  layers.l4Offset = -1;
  layers.l4Length = 0;
  layers.srcPort = -1;
  layers.dstPort = -1;
  layers.payloadOffset = -1;
  layers.payloadLength = 0;
  const stopReason = decodeEthernet(view, offset, length, layers);
  layers.stopReason = stopReason;
  return stopReason;
}

function decodeEthernet(
  view: DataView,
  offset: number,
  length: number,
  layers: Layers,
): StopReason {
  const end = offset + length;
  // Written so that NaN fails it too.
  if (!(offset >= 0 && length >= ETHERNET_HEADER_LENGTH && end <= view.byteLength)) {
    return StopReason.truncated;
  }
  let at = offset + ETHERNET_HEADER_LENGTH;
  let etherType = view.getUint16(offset + ETHERNET_ETHER_TYPE);
  while (etherType === EtherType.vlan || etherType === EtherType.serviceVlan) {
    if (layers.vlanCount === MAX_VLAN_TAGS) return StopReason.tooManyVlanTags;
    if (at + VLAN_TAG_LENGTH > end) return StopReason.truncated;
    const vlanId = view.getUint16(at) & VLAN_ID_MASK;
    if (layers.vlanCount === 0) layers.outerVlanId = vlanId;
    else layers.innerVlanId = vlanId;
    layers.vlanCount++;
    etherType = view.getUint16(at + 2);
    at += VLAN_TAG_LENGTH;
  }
  layers.etherType = etherType;
  layers.l3Offset = at;
  layers.l3Length = end - at;
  if (etherType === EtherType.ipv4) return decodeIpv4(view, at, end - at, layers);
  if (etherType === EtherType.arp) return decodeArp(view, at, end - at, layers);
  return StopReason.unknownEtherType;
}

function decodeArp(view: DataView, offset: number, length: number, layers: Layers): StopReason {
  if (length < ARP_HEADER_LENGTH) return StopReason.truncated;
  if (
    view.getUint16(offset + ARP_HARDWARE_TYPE) !== ARP_HARDWARE_ETHERNET ||
    view.getUint16(offset + ARP_PROTOCOL_TYPE) !== EtherType.ipv4
  ) {
    return StopReason.unknownProtocol;
  }
  if (
    view.getUint8(offset + ARP_HARDWARE_LENGTH) !== MAC_LENGTH ||
    view.getUint8(offset + ARP_PROTOCOL_LENGTH) !== IPV4_ADDRESS_LENGTH
  ) {
    return StopReason.badHeaderLength;
  }
  layers.l3Length = ARP_HEADER_LENGTH;
  layers.payloadOffset = offset + ARP_HEADER_LENGTH;
  return StopReason.none;
}

function decodeIpv4(view: DataView, offset: number, length: number, layers: Layers): StopReason {
  if (length < IPV4_MIN_HEADER_LENGTH) return StopReason.truncated;
  const versionIhl = view.getUint8(offset + IPV4_VERSION_IHL);
  if (versionIhl >>> 4 !== 4) return StopReason.badVersion;
  const headerLength = (versionIhl & 0x0f) << 2;
  if (headerLength < IPV4_MIN_HEADER_LENGTH) return StopReason.badHeaderLength;
  const totalLength = view.getUint16(offset + IPV4_TOTAL_LENGTH);
  if (totalLength < headerLength) return StopReason.badTotalLength;
  if (totalLength > length) return StopReason.truncated;

  const protocol = view.getUint8(offset + IPV4_PROTOCOL);
  const fragment = view.getUint16(offset + IPV4_FRAGMENT);
  const dataOffset = offset + headerLength;
  const dataLength = totalLength - headerLength;
  layers.l3Length = totalLength;
  layers.ipProtocol = protocol;
  if ((fragment & IPV4_FRAGMENT_OFFSET_MASK) !== 0) {
    layers.fragment = Fragment.later;
    layers.payloadOffset = dataOffset;
    layers.payloadLength = dataLength;
    return StopReason.fragment;
  }
  if ((fragment & IPV4_MORE_FRAGMENTS) !== 0) layers.fragment = Fragment.first;
  layers.l4Offset = dataOffset;
  layers.l4Length = dataLength;
  if (protocol === IpProtocol.tcp) return decodeTcp(view, dataOffset, dataLength, layers);
  if (protocol === IpProtocol.udp) return decodeUdp(view, dataOffset, dataLength, layers);
  if (protocol === IpProtocol.icmp) return decodeIcmpv4(dataOffset, dataLength, layers);
  return StopReason.unknownProtocol;
}

function decodeTcp(view: DataView, offset: number, length: number, layers: Layers): StopReason {
  if (length < TCP_MIN_HEADER_LENGTH) return StopReason.truncated;
  const headerLength = (view.getUint8(offset + TCP_DATA_OFFSET) >>> 4) << 2;
  if (headerLength < TCP_MIN_HEADER_LENGTH || headerLength > length) {
    return StopReason.badHeaderLength;
  }
  layers.srcPort = view.getUint16(offset + TCP_SRC_PORT);
  layers.dstPort = view.getUint16(offset + TCP_DST_PORT);
  layers.payloadOffset = offset + headerLength;
  layers.payloadLength = length - headerLength;
  return StopReason.none;
}

function decodeUdp(view: DataView, offset: number, length: number, layers: Layers): StopReason {
  if (length < UDP_HEADER_LENGTH) return StopReason.truncated;
  const udpLength = view.getUint16(offset + UDP_LENGTH);
  if (udpLength < UDP_HEADER_LENGTH) return StopReason.badUdpLength;
  if (udpLength <= length) {
    // IPv4 may carry bytes behind the UDP datagram; they are not part of it.
    layers.l4Length = udpLength;
  } else if (layers.fragment !== Fragment.first) {
    return StopReason.badUdpLength;
  }
  layers.srcPort = view.getUint16(offset + UDP_SRC_PORT);
  layers.dstPort = view.getUint16(offset + UDP_DST_PORT);
  layers.payloadOffset = offset + UDP_HEADER_LENGTH;
  layers.payloadLength = layers.l4Length - UDP_HEADER_LENGTH;
  return StopReason.none;
}

function decodeIcmpv4(offset: number, length: number, layers: Layers): StopReason {
  if (length < ICMPV4_HEADER_LENGTH) return StopReason.truncated;
  layers.payloadOffset = offset + ICMPV4_HEADER_LENGTH;
  layers.payloadLength = length - ICMPV4_HEADER_LENGTH;
  return StopReason.none;
}
