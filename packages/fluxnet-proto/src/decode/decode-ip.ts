/** IPv4 and IPv6, with IPv6's extension headers and AH. */

import { IpProtocol } from '../network/ip-protocol.js';
import {
  IPV4_FRAGMENT,
  IPV4_FRAGMENT_OFFSET_MASK,
  IPV4_MIN_HEADER_LENGTH,
  IPV4_MORE_FRAGMENTS,
  IPV4_PROTOCOL,
} from '../network/ipv4.js';
import {
  extensionLength,
  FRAGMENT_HEADER_MORE,
  FRAGMENT_HEADER_OFFSET_FLAGS,
  FRAGMENT_HEADER_OFFSET_MASK,
  isExtension,
} from '../network/ipv6-extensions.js';
import {
  IPV6_HEADER_LENGTH,
  IPV6_NEXT_HEADER,
  IPV6_PAYLOAD_LENGTH,
} from '../network/ipv6-layout.js';
import { decodeTransport } from './decode-transport.js';
import { Fragment, type Layers, TRUNCATED_BIT } from './layers.js';
import { stopAtNetwork, stopAtTransport } from './stop.js';
import { StopReason } from './stop-reason.js';

const MAX_EXTENSIONS = 16;

/** `length` is what there is from `offset` on, maybe with padding. */
export function decodeIpv4(
  view: DataView,
  offset: number,
  length: number,
  layers: Layers,
): StopReason {
  if (length < IPV4_MIN_HEADER_LENGTH) {
    return stopAtNetwork(layers, offset, length, StopReason.truncated);
  }
  const word = view.getInt32(offset);
  const headerLength = (word >>> 22) & 0x3c;
  const totalLength = word & 0xffff;
  if (
    word >>> 28 !== 4 ||
    headerLength < IPV4_MIN_HEADER_LENGTH ||
    totalLength < headerLength ||
    headerLength > length
  ) {
    return stopAtNetwork(layers, offset, length, ipv4Reason(word));
  }
  const end = totalLength > length ? cut(layers, length) : totalLength;
  const protocol = view.getUint8(offset + IPV4_PROTOCOL);
  layers.l3Offset = offset;
  layers.l3Length = end;
  layers.ipProtocol = protocol;
  const fragment = view.getUint16(offset + IPV4_FRAGMENT);
  if ((fragment & (IPV4_FRAGMENT_OFFSET_MASK | IPV4_MORE_FRAGMENTS)) !== 0) {
    if ((fragment & IPV4_FRAGMENT_OFFSET_MASK) !== 0) {
      return endAtFragment(layers, offset + headerLength, end - headerLength);
    }
    layers.bits |= Fragment.first;
  }
  const at = offset + headerLength;
  const reason =
    protocol === IpProtocol.ah
      ? decodeExtensions(view, protocol, at, end - headerLength, layers)
      : decodeTransport(view, protocol, at, end - headerLength, layers);
  return totalLength > length ? endTruncated(layers, reason) : reason;
}

/** In the order in which a reader finds out. */
function ipv4Reason(word: number): StopReason {
  const headerLength = (word >>> 22) & 0x3c;
  if (word >>> 28 !== 4) return StopReason.badVersion;
  if (headerLength < IPV4_MIN_HEADER_LENGTH) return StopReason.badHeaderLength;
  if ((word & 0xffff) < headerLength) return StopReason.badTotalLength;
  return StopReason.truncated;
}

/** `length` is what there is from `offset` on, maybe with padding. */
export function decodeIpv6(
  view: DataView,
  offset: number,
  length: number,
  layers: Layers,
): StopReason {
  if (length < IPV6_HEADER_LENGTH) {
    return stopAtNetwork(layers, offset, length, StopReason.truncated);
  }
  if (view.getUint8(offset) >>> 4 !== 6) {
    return stopAtNetwork(layers, offset, length, StopReason.badVersion);
  }
  const totalLength = IPV6_HEADER_LENGTH + view.getUint16(offset + IPV6_PAYLOAD_LENGTH);
  const end = totalLength > length ? cut(layers, length) : totalLength;
  const nextHeader = view.getUint8(offset + IPV6_NEXT_HEADER);
  const at = offset + IPV6_HEADER_LENGTH;
  layers.l3Offset = offset;
  layers.l3Length = end;
  layers.ipProtocol = nextHeader;
  const reason = isExtension(nextHeader)
    ? decodeExtensions(view, nextHeader, at, end - IPV6_HEADER_LENGTH, layers)
    : decodeTransport(view, nextHeader, at, end - IPV6_HEADER_LENGTH, layers);
  return totalLength > length ? endTruncated(layers, reason) : reason;
}

function decodeExtensions(
  view: DataView,
  firstHeader: number,
  firstOffset: number,
  firstLength: number,
  layers: Layers,
): StopReason {
  let header = firstHeader;
  let offset = firstOffset;
  let length = firstLength;
  for (let i = 0; isExtension(header); i++) {
    layers.ipProtocol = header;
    if (i === MAX_EXTENSIONS) {
      return stopAtTransport(layers, offset, length, StopReason.tooManyExtensions);
    }
    // Every extension header has eight bytes at least, and its length in the second.
    const headerLength = length < 8 ? 8 : extensionLength(header, view.getUint8(offset + 1));
    if (headerLength > length) {
      return stopAtTransport(layers, offset, length, StopReason.truncated);
    }
    const next = view.getUint8(offset);
    if (header === IpProtocol.fragment) {
      const flags = view.getUint16(offset + FRAGMENT_HEADER_OFFSET_FLAGS);
      if ((flags & FRAGMENT_HEADER_OFFSET_MASK) !== 0) {
        layers.ipProtocol = next;
        return endAtFragment(layers, offset + headerLength, length - headerLength);
      }
      if ((flags & FRAGMENT_HEADER_MORE) !== 0) layers.bits |= Fragment.first;
    }
    header = next;
    offset += headerLength;
    length -= headerLength;
  }
  layers.ipProtocol = header;
  return decodeTransport(view, header, offset, length, layers);
}

function endAtFragment(layers: Layers, offset: number, length: number): StopReason {
  layers.bits |= Fragment.later;
  stopAtTransport(layers, -1, 0, StopReason.fragment);
  layers.payloadOffset = offset;
  layers.payloadLength = length;
  return StopReason.fragment;
}

/** The packet goes on behind the bytes there are: notes it and returns where they end. */
function cut(layers: Layers, length: number): number {
  layers.bits |= TRUNCATED_BIT;
  return length;
}

/** A packet that is cut but otherwise sound is not whole. */
function endTruncated(layers: Layers, reason: StopReason): StopReason {
  if (reason !== StopReason.none) return reason;
  layers.stopReason = StopReason.truncated;
  return StopReason.truncated;
}
