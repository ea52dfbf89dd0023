/** The first header of a frame, and how it says what follows. */

import { ETHERNET_ETHER_TYPE, ETHERNET_HEADER_LENGTH, EtherType } from '../link/ethernet-layout.js';
import { LOOPBACK_HEADER_LENGTH, loopbackEtherType } from '../link/loopback.js';
import { pppHdlcLength } from '../link/ppp.js';
import { SLL_HEADER_LENGTH, SLL_PROTOCOL_TYPE } from '../link/sll.js';
import { SLL2_HEADER_LENGTH, SLL2_PROTOCOL_TYPE } from '../link/sll2.js';
import { LinkType } from '../pcap/link-type.js';
import { decodeEtherType, decodePpp } from './decode-ether-type.js';
import { decodeIpv4 } from './decode-ip.js';
import type { Layers } from './layers.js';
import { stopAtLink, stopBehindLink } from './stop.js';
import { StopReason } from './stop-reason.js';

/** Ethernet first: most frames are. */
export function decodeEthernet(
  view: DataView,
  offset: number,
  length: number,
  layers: Layers,
): StopReason {
  layers.bits = 0;
  layers.l2Offset = offset;
  if (length < ETHERNET_HEADER_LENGTH) return stopBehindLink(layers, StopReason.truncated);
  const etherType = view.getUint16(offset + ETHERNET_ETHER_TYPE);
  const at = offset + ETHERNET_HEADER_LENGTH;
  if (etherType !== EtherType.ipv4) {
    return decodeEtherType(view, etherType, at, length - ETHERNET_HEADER_LENGTH, layers);
  }
  layers.etherType = etherType;
  return decodeIpv4(view, at, length - ETHERNET_HEADER_LENGTH, layers);
}

/** A packet without a link header. */
export function decodeBare(
  view: DataView,
  etherType: number,
  offset: number,
  length: number,
  layers: Layers,
): StopReason {
  layers.bits = 0;
  layers.l2Offset = -1;
  return decodeEtherType(view, etherType, offset, length, layers);
}

export function decodeLink(
  view: DataView,
  linkType: number,
  offset: number,
  length: number,
  layers: Layers,
): StopReason {
  switch (linkType) {
    case LinkType.ethernet:
      return decodeEthernet(view, offset, length, layers);
    case LinkType.ipv4:
      return decodeBare(view, EtherType.ipv4, offset, length, layers);
    case LinkType.ipv6:
      return decodeBare(view, EtherType.ipv6, offset, length, layers);
    case LinkType.raw:
      return decodeRaw(view, offset, length, layers);
    case LinkType.null:
    case LinkType.loop:
      return decodeLoopback(view, offset, length, layers);
    case LinkType.linuxSll:
      return decodeCooked(view, offset, length, layers, SLL_PROTOCOL_TYPE, SLL_HEADER_LENGTH);
    case LinkType.linuxSll2:
      return decodeCooked(view, offset, length, layers, SLL2_PROTOCOL_TYPE, SLL2_HEADER_LENGTH);
    case LinkType.ppp:
      return decodePppLink(view, offset, length, layers);
    default:
      return stopAtLink(layers, StopReason.unknownLinkType);
  }
}

function decodeRaw(view: DataView, offset: number, length: number, layers: Layers): StopReason {
  const isIpv6 = length > 0 && view.getUint8(offset) >>> 4 === 6;
  return decodeBare(view, isIpv6 ? EtherType.ipv6 : EtherType.ipv4, offset, length, layers);
}

function decodeLoopback(
  view: DataView,
  offset: number,
  length: number,
  layers: Layers,
): StopReason {
  layers.bits = 0;
  layers.l2Offset = offset;
  if (length < LOOPBACK_HEADER_LENGTH) return stopBehindLink(layers, StopReason.truncated);
  const etherType = loopbackEtherType(view.getUint32(offset));
  if (etherType === -1) return stopBehindLink(layers, StopReason.unknownEtherType);
  const at = offset + LOOPBACK_HEADER_LENGTH;
  return decodeEtherType(view, etherType, at, length - LOOPBACK_HEADER_LENGTH, layers);
}

function decodeCooked(
  view: DataView,
  offset: number,
  length: number,
  layers: Layers,
  protocolType: number,
  headerLength: number,
): StopReason {
  layers.bits = 0;
  layers.l2Offset = offset;
  if (length < headerLength) return stopBehindLink(layers, StopReason.truncated);
  const etherType = view.getUint16(offset + protocolType);
  return decodeEtherType(view, etherType, offset + headerLength, length - headerLength, layers);
}

function decodePppLink(view: DataView, offset: number, length: number, layers: Layers): StopReason {
  layers.bits = 0;
  layers.l2Offset = offset;
  layers.etherType = EtherType.ppp;
  const hdlc = length < 2 ? 0 : pppHdlcLength(view.getUint16(offset));
  return decodePpp(view, offset + hdlc, length - hdlc, layers);
}
