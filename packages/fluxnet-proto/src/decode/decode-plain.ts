import {
  ETHER_TYPE_IPV4,
  ETHERNET_ETHER_TYPE,
  ETHERNET_HEADER_LENGTH,
} from '../link/ethernet-layout.js';
import { IP_PROTOCOL_TCP, IP_PROTOCOL_UDP } from '../network/ip-protocol.js';
import {
  IPV4_FRAGMENT,
  IPV4_FRAGMENT_OFFSET_MASK,
  IPV4_MIN_HEADER_LENGTH,
  IPV4_MORE_FRAGMENTS,
  IPV4_PROTOCOL,
} from '../network/ipv4.js';
import { TCP_DATA_OFFSET, TCP_MIN_HEADER_LENGTH } from '../transport/tcp.js';
import { UDP_HEADER_LENGTH, UDP_LENGTH } from '../transport/udp.js';
import { isTunnelPort } from './decode-tunnel.js';
import type { Layers } from './layers.js';
import { STOP_REASON_NONE } from './stop-reason.js';

/**
 * Decodes what most frames are: whole, sound UDP or TCP over IPv4 over Ethernet, no tags, no
 * tunnel. Returns false, having written nothing, for every other frame. It decides nothing that the
 * decoders behind it do not decide the same way; it is twice as fast as they are, because it is one
 * function (docs/adr/0008).
 */
export function decodePlain(
  view: DataView,
  offset: number,
  length: number,
  layers: Layers,
): boolean {
  if (length < ETHERNET_HEADER_LENGTH + IPV4_MIN_HEADER_LENGTH + UDP_HEADER_LENGTH) return false;
  if (view.getUint16(offset + ETHERNET_ETHER_TYPE) !== ETHER_TYPE_IPV4) return false;
  const l3Offset = offset + ETHERNET_HEADER_LENGTH;
  const word = view.getInt32(l3Offset);
  const l3Length = word & 0xffff;
  const l3HeaderLength = (word >>> 22) & 0x3c;
  const l4Length = l3Length - l3HeaderLength;
  const fragment = view.getUint16(l3Offset + IPV4_FRAGMENT);
  if (
    word >>> 28 !== 4 ||
    l3HeaderLength < IPV4_MIN_HEADER_LENGTH ||
    l4Length < UDP_HEADER_LENGTH ||
    l3Length > length - ETHERNET_HEADER_LENGTH ||
    (fragment & (IPV4_FRAGMENT_OFFSET_MASK | IPV4_MORE_FRAGMENTS)) !== 0
  ) {
    return false;
  }
  const l4Offset = l3Offset + l3HeaderLength;
  const protocol = view.getUint8(l3Offset + IPV4_PROTOCOL);
  const ports = view.getInt32(l4Offset);
  let l4End = l4Length;
  let headerLength = UDP_HEADER_LENGTH;
  if (protocol === IP_PROTOCOL_UDP) {
    l4End = view.getUint16(l4Offset + UDP_LENGTH);
    if (l4End < UDP_HEADER_LENGTH || l4End > l4Length || isTunnelPort(ports & 0xffff)) return false;
  } else {
    if (protocol !== IP_PROTOCOL_TCP || l4Length < TCP_MIN_HEADER_LENGTH) return false;
    headerLength = (view.getUint8(l4Offset + TCP_DATA_OFFSET) >>> 4) << 2;
    if (headerLength < TCP_MIN_HEADER_LENGTH || headerLength > l4Length) return false;
  }
  layers.stopReason = STOP_REASON_NONE;
  layers.bits = 0;
  layers.l2Offset = offset;
  layers.etherType = ETHER_TYPE_IPV4;
  layers.l3Offset = l3Offset;
  layers.l3Length = l3Length;
  layers.ipProtocol = protocol;
  layers.l4Offset = l4Offset;
  layers.l4Length = l4End;
  layers.srcPort = ports >>> 16;
  layers.dstPort = ports & 0xffff;
  layers.payloadOffset = l4Offset + headerLength;
  layers.payloadLength = l4End - headerLength;
  return true;
}
