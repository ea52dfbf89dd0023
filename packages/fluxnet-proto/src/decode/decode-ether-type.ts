/** What an EtherType announces: tags, labels and PPP on the way, then a network layer. */

import {
  ARP_HARDWARE_ETHERNET,
  ARP_HARDWARE_LENGTH,
  ARP_HARDWARE_TYPE,
  ARP_HEADER_LENGTH,
  ARP_PROTOCOL_LENGTH,
  ARP_PROTOCOL_TYPE,
} from '../link/arp.js';
import { EtherType, MIN_ETHER_TYPE } from '../link/ethernet-layout.js';
import { LLC_SNAP_LENGTH, LLC_SNAP_PREFIX, SNAP_ETHER_TYPE, SNAP_OUI_HIGH } from '../link/llc.js';
import { MPLS_BOTTOM_OF_STACK, MPLS_ENTRY_LENGTH } from '../link/mpls.js';
import { PPP_PROTOCOL_LENGTH, pppEtherType } from '../link/ppp.js';
import { PPPOE_HEADER_LENGTH, PPPOE_LENGTH } from '../link/pppoe.js';
import { VLAN_TAG_LENGTH } from '../link/vlan.js';
import { decodeIpv4, decodeIpv6 } from './decode-ip.js';
import { beginInner } from './inner.js';
import {
  InnerKind,
  type Layers,
  MPLS_COUNT_SHIFT,
  PPPOE_BIT,
  SNAP_BIT,
  VLAN_COUNT_SHIFT,
} from './layers.js';
import { endAtNetwork, stopAtNetwork } from './stop.js';
import { StopReason } from './stop-reason.js';

const MAC_LENGTH = 6;
const IPV4_ADDRESS_LENGTH = 4;
const MAX_VLAN_TAGS = 16;
const MAX_MPLS_LABELS = 16;
const CONTROL_WORD_LENGTH = 4;

/** The bits and the link offset are written. No header occurs twice but tags and labels. */
export function decodeEtherType(
  view: DataView,
  etherType: number,
  offset: number,
  length: number,
  layers: Layers,
): StopReason {
  switch (etherType) {
    case EtherType.vlan:
    case EtherType.serviceVlan:
    case EtherType.oldServiceVlan:
      return decodeVlan(view, offset, length, layers);
    case EtherType.pppoeSession:
      return decodePppoe(view, offset, length, layers);
    default:
      return etherType < MIN_ETHER_TYPE
        ? decodeLlc(view, etherType, offset, length, layers)
        : decodeUntagged(view, etherType, offset, length, layers);
  }
}

function decodeUntagged(
  view: DataView,
  etherType: number,
  offset: number,
  length: number,
  layers: Layers,
): StopReason {
  layers.etherType = etherType;
  switch (etherType) {
    case EtherType.ipv4:
      return decodeIpv4(view, offset, length, layers);
    case EtherType.ipv6:
      return decodeIpv6(view, offset, length, layers);
    case EtherType.arp:
    case EtherType.rarp:
      return decodeArp(view, offset, length, layers);
    case EtherType.mpls:
    case EtherType.mplsUpstream:
      return decodeMpls(view, offset, length, layers);
    case EtherType.ppp:
      return decodePpp(view, offset, length, layers);
    case EtherType.lldp:
      return endAtNetwork(layers, offset, length, 0);
    case EtherType.pppoeDiscovery:
      return length < PPPOE_HEADER_LENGTH
        ? stopAtNetwork(layers, offset, length, StopReason.truncated)
        : endAtNetwork(layers, offset, length, PPPOE_HEADER_LENGTH);
    default:
      return stopAtNetwork(layers, offset, length, StopReason.unknownEtherType);
  }
}

function decodeVlan(view: DataView, offset: number, length: number, layers: Layers): StopReason {
  const end = offset + length;
  let at = offset;
  let etherType: number = EtherType.vlan;
  layers.vlanStart = offset;
  for (let count = 0; isVlan(etherType); ) {
    layers.etherType = etherType;
    if (count === MAX_VLAN_TAGS) {
      return stopAtNetwork(layers, at, end - at, StopReason.tooManyVlanTags);
    }
    if (at + VLAN_TAG_LENGTH > end) {
      return stopAtNetwork(layers, at, end - at, StopReason.truncated);
    }
    const tci = view.getUint16(at);
    if (count === 0) layers.outerTci = tci;
    else layers.innerTci = tci;
    count++;
    layers.bits = (layers.bits & ~(0xff << VLAN_COUNT_SHIFT)) | (count << VLAN_COUNT_SHIFT);
    etherType = view.getUint16(at + 2);
    at += VLAN_TAG_LENGTH;
  }
  if (etherType === EtherType.pppoeSession) return decodePppoe(view, at, end - at, layers);
  if (etherType < MIN_ETHER_TYPE) return decodeLlc(view, etherType, at, end - at, layers);
  return decodeUntagged(view, etherType, at, end - at, layers);
}

function isVlan(etherType: number): boolean {
  return (
    etherType === EtherType.vlan ||
    etherType === EtherType.serviceVlan ||
    etherType === EtherType.oldServiceVlan
  );
}

/** IEEE 802.3: the two bytes are a length, and LLC says what follows; SNAP says it by EtherType. */
function decodeLlc(
  view: DataView,
  frameLength: number,
  offset: number,
  available: number,
  layers: Layers,
): StopReason {
  const length = Math.min(frameLength, available);
  if (
    length < LLC_SNAP_LENGTH ||
    view.getUint32(offset) !== LLC_SNAP_PREFIX ||
    view.getUint16(offset + SNAP_OUI_HIGH) !== 0
  ) {
    layers.etherType = frameLength;
    const reason = length < 3 ? StopReason.truncated : StopReason.unknownEtherType;
    return stopAtNetwork(layers, offset, length, reason);
  }
  layers.bits |= SNAP_BIT;
  const etherType = view.getUint16(offset + SNAP_ETHER_TYPE);
  return decodeUntagged(
    view,
    etherType,
    offset + LLC_SNAP_LENGTH,
    length - LLC_SNAP_LENGTH,
    layers,
  );
}

function decodePppoe(
  view: DataView,
  offset: number,
  available: number,
  layers: Layers,
): StopReason {
  layers.etherType = EtherType.pppoeSession;
  if (available < PPPOE_HEADER_LENGTH) {
    return stopAtNetwork(layers, offset, available, StopReason.truncated);
  }
  layers.bits |= PPPOE_BIT;
  layers.pppoeStart = offset;
  const length = Math.min(view.getUint16(offset + PPPOE_LENGTH), available - PPPOE_HEADER_LENGTH);
  return decodePpp(view, offset + PPPOE_HEADER_LENGTH, length, layers);
}

/** Without HDLC's address and control bytes. */
export function decodePpp(
  view: DataView,
  offset: number,
  length: number,
  layers: Layers,
): StopReason {
  if (length < PPP_PROTOCOL_LENGTH) {
    return stopAtNetwork(layers, offset, length, StopReason.truncated);
  }
  const etherType = pppEtherType(view.getUint16(offset));
  if (etherType === -1) {
    return stopAtNetwork(layers, offset, length, StopReason.unknownProtocol);
  }
  return decodeUntagged(
    view,
    etherType,
    offset + PPP_PROTOCOL_LENGTH,
    length - PPP_PROTOCOL_LENGTH,
    layers,
  );
}

function decodeMpls(view: DataView, offset: number, length: number, layers: Layers): StopReason {
  const end = offset + length;
  let at = offset;
  let entry = 0;
  layers.mplsStart = offset;
  for (let count = 1; (entry & MPLS_BOTTOM_OF_STACK) === 0; count++) {
    if (count > MAX_MPLS_LABELS) {
      return stopAtNetwork(layers, at, end - at, StopReason.tooManyLabels);
    }
    if (at + MPLS_ENTRY_LENGTH > end) {
      return stopAtNetwork(layers, at, end - at, StopReason.truncated);
    }
    entry = view.getInt32(at);
    at += MPLS_ENTRY_LENGTH;
    layers.bits = (layers.bits & ~(0xff << MPLS_COUNT_SHIFT)) | (count << MPLS_COUNT_SHIFT);
  }
  return decodeLabelled(view, at, end - at, layers);
}

/** No field says what labels carry; the first four bits tell IP from the rest (RFC 4928). */
function decodeLabelled(
  view: DataView,
  offset: number,
  length: number,
  layers: Layers,
): StopReason {
  if (length < CONTROL_WORD_LENGTH) {
    return stopAtNetwork(layers, offset, length, StopReason.truncated);
  }
  const nibble = view.getUint8(offset) >>> 4;
  if (nibble === 4) {
    layers.etherType = EtherType.ipv4;
    return decodeIpv4(view, offset, length, layers);
  }
  if (nibble === 6) {
    layers.etherType = EtherType.ipv6;
    return decodeIpv6(view, offset, length, layers);
  }
  if (nibble !== 0) return stopAtNetwork(layers, offset, length, StopReason.unknownProtocol);
  // A pseudowire's control word, and Ethernet behind it (RFC 4448).
  beginInner(layers, InnerKind.mpls, EtherType.ethernet, offset + CONTROL_WORD_LENGTH);
  return endAtNetwork(layers, offset, length, CONTROL_WORD_LENGTH);
}

function decodeArp(view: DataView, offset: number, length: number, layers: Layers): StopReason {
  if (length < ARP_HEADER_LENGTH) {
    return stopAtNetwork(layers, offset, length, StopReason.truncated);
  }
  if (
    view.getUint16(offset + ARP_HARDWARE_TYPE) !== ARP_HARDWARE_ETHERNET ||
    view.getUint16(offset + ARP_PROTOCOL_TYPE) !== EtherType.ipv4
  ) {
    return stopAtNetwork(layers, offset, length, StopReason.unknownProtocol);
  }
  if (
    view.getUint8(offset + ARP_HARDWARE_LENGTH) !== MAC_LENGTH ||
    view.getUint8(offset + ARP_PROTOCOL_LENGTH) !== IPV4_ADDRESS_LENGTH
  ) {
    return stopAtNetwork(layers, offset, length, StopReason.badHeaderLength);
  }
  return endAtNetwork(layers, offset, ARP_HEADER_LENGTH, ARP_HEADER_LENGTH);
}
