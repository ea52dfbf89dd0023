/**
 * Are the checksums of a decoded packet right? Ethernet padding does not count, because lengths are
 * those of the IP header.
 */

import { Fragment, type Layers } from '../decode/layers.js';
import { EtherType } from '../link/ethernet-layout.js';
import { ICMPV4_CHECKSUM, ICMPV4_HEADER_LENGTH } from '../network/icmpv4.js';
import { IGMP_HEADER_LENGTH } from '../network/igmp.js';
import { IpProtocol } from '../network/ip-protocol.js';
import {
  IPV4_DST_ADDRESS,
  IPV4_MIN_HEADER_LENGTH,
  IPV4_SRC_ADDRESS,
  IPV4_VERSION_IHL,
} from '../network/ipv4.js';
import { IPV6_DST_ADDRESS, IPV6_HEADER_LENGTH, IPV6_SRC_ADDRESS } from '../network/ipv6-layout.js';
import { SCTP_CHECKSUM, SCTP_HEADER_LENGTH } from '../transport/sctp.js';
import { TCP_CHECKSUM, TCP_MIN_HEADER_LENGTH } from '../transport/tcp.js';
import { UDP_CHECKSUM, UDP_HEADER_LENGTH } from '../transport/udp.js';
import { sctpChecksum } from './crc32c.js';
import { internetChecksum, pseudoHeaderSum } from './internet-checksum.js';
import { ipv6PseudoHeaderSum } from './ipv6-pseudo-header.js';
import { ipv4Destination, ipv6Addresses } from './pseudo-addresses.js';

export const ChecksumVerdict = {
  /** UDP over IPv4 that was sent without one. */
  absent: 0,
  good: 1,
  bad: 2,
  /**
   * Only begun: the packet was taken from its sender before the network card completed it. The field
   * has the sum of the pseudo-header (of SCTP, zero), as Linux leaves it there.
   */
  partial: 3,
  /** A fragment, a packet that is cut, or a protocol whose checksum is not known here. */
  notVerifiable: 4,
} as const;

export type ChecksumVerdict = (typeof ChecksumVerdict)[keyof typeof ChecksumVerdict];

/** Of the IPv4 header. IPv6 has none: `notVerifiable`. */
export function verifyIpv4Checksum(view: DataView, layers: Layers): ChecksumVerdict {
  if (layers.etherType !== EtherType.ipv4 || layers.ipProtocol < 0) {
    return ChecksumVerdict.notVerifiable;
  }
  const headerLength = (view.getUint8(layers.l3Offset + IPV4_VERSION_IHL) & 0x0f) << 2;
  return internetChecksum(view, layers.l3Offset, headerLength) === 0
    ? ChecksumVerdict.good
    : ChecksumVerdict.bad;
}

/** Of TCP, UDP, SCTP, ICMP, ICMPv6 or IGMP. */
export function verifyL4Checksum(view: DataView, layers: Layers): ChecksumVerdict {
  const { l4Offset, l4Length } = layers;
  if (l4Offset < 0) return ChecksumVerdict.notVerifiable;
  // Also of a packet that is not whole it can be seen that it has none.
  if (layers.ipProtocol === IpProtocol.udp && isWithout(view, layers)) {
    // RFC 8200, section 8.1: over IPv6 there must be one.
    return layers.etherType === EtherType.ipv4 ? ChecksumVerdict.absent : ChecksumVerdict.bad;
  }
  if (layers.fragment !== Fragment.none || layers.truncated) return ChecksumVerdict.notVerifiable;
  switch (layers.ipProtocol) {
    case IpProtocol.tcp:
      if (l4Length < TCP_MIN_HEADER_LENGTH) return ChecksumVerdict.notVerifiable;
      return verifyWithPseudoHeader(view, layers, TCP_CHECKSUM);
    case IpProtocol.udp:
      return verifyUdp(view, layers);
    case IpProtocol.icmpv6:
      if (l4Length < ICMPV4_HEADER_LENGTH / 2) return ChecksumVerdict.notVerifiable;
      return verifyWithPseudoHeader(view, layers, ICMPV4_CHECKSUM);
    case IpProtocol.icmp:
      return verifyPlain(view, l4Offset, l4Length, ICMPV4_HEADER_LENGTH / 2);
    case IpProtocol.igmp:
      return verifyPlain(view, l4Offset, l4Length, IGMP_HEADER_LENGTH);
    case IpProtocol.sctp:
      return verifySctp(view, l4Offset, l4Length);
    default:
      return ChecksumVerdict.notVerifiable;
  }
}

function isWithout(view: DataView, { l4Offset, l4Length }: Layers): boolean {
  return l4Length >= UDP_HEADER_LENGTH && view.getUint16(l4Offset + UDP_CHECKSUM) === 0;
}

function verifyUdp(view: DataView, layers: Layers): ChecksumVerdict {
  // A length that lies: what the checksum covers is not known.
  if (layers.l4Length < UDP_HEADER_LENGTH || layers.payloadOffset < 0) {
    return ChecksumVerdict.notVerifiable;
  }
  return verifyWithPseudoHeader(view, layers, UDP_CHECKSUM);
}

function verifyWithPseudoHeader(view: DataView, layers: Layers, field: number): ChecksumVerdict {
  const { l4Offset, l4Length } = layers;
  const pseudo =
    layers.etherType === EtherType.ipv4 ? sumOfIpv4(view, layers) : sumOfIpv6(view, layers);
  if (pseudo < 0) return ChecksumVerdict.notVerifiable;
  if (internetChecksum(view, l4Offset, l4Length, pseudo) === 0) return ChecksumVerdict.good;
  return view.getUint16(l4Offset + field) === pseudo
    ? ChecksumVerdict.partial
    : ChecksumVerdict.bad;
}

function sumOfIpv4(view: DataView, layers: Layers): number {
  const { l3Offset, l4Offset, l4Length, ipProtocol } = layers;
  const destination =
    l4Offset === l3Offset + IPV4_MIN_HEADER_LENGTH
      ? l3Offset + IPV4_DST_ADDRESS
      : ipv4Destination(view, layers);
  const source = view.getUint32(l3Offset + IPV4_SRC_ADDRESS);
  return pseudoHeaderSum(source, view.getUint32(destination), ipProtocol, l4Length);
}

/** -1 where the destination is not known. */
function sumOfIpv6(view: DataView, layers: Layers): number {
  const { l3Offset, l4Offset, l4Length, ipProtocol } = layers;
  let source = l3Offset + IPV6_SRC_ADDRESS;
  let destination = l3Offset + IPV6_DST_ADDRESS;
  if (l4Offset !== l3Offset + IPV6_HEADER_LENGTH) {
    ({ source, destination } = ipv6Addresses(view, layers));
    if (destination < 0) return -1;
  }
  return ipv6PseudoHeaderSum(view, source, destination, ipProtocol, l4Length);
}

function verifyPlain(
  view: DataView,
  offset: number,
  length: number,
  minLength: number,
): ChecksumVerdict {
  if (length < minLength) return ChecksumVerdict.notVerifiable;
  return internetChecksum(view, offset, length) === 0 ? ChecksumVerdict.good : ChecksumVerdict.bad;
}

function verifySctp(view: DataView, offset: number, length: number): ChecksumVerdict {
  if (length < SCTP_HEADER_LENGTH) return ChecksumVerdict.notVerifiable;
  const checksum = view.getUint32(offset + SCTP_CHECKSUM);
  if (checksum === sctpChecksum(view, offset, length)) return ChecksumVerdict.good;
  return checksum === 0 ? ChecksumVerdict.partial : ChecksumVerdict.bad;
}
