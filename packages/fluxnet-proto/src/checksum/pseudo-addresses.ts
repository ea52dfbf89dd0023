/**
 * Which addresses a pseudo-header has where IP options or extension headers change them on the way:
 * always those that the packet has at its last stop.
 */

import type { Layers } from '../decode/layers.js';
import { IpProtocol } from '../network/ip-protocol.js';
import { IPV4_DST_ADDRESS, IPV4_MIN_HEADER_LENGTH } from '../network/ipv4.js';
import {
  EXTENSION_LENGTH,
  EXTENSION_NEXT_HEADER,
  extensionLength,
} from '../network/ipv6-extensions.js';
import {
  IPV6_DST_ADDRESS,
  IPV6_HEADER_LENGTH,
  IPV6_NEXT_HEADER,
  IPV6_SRC_ADDRESS,
} from '../network/ipv6-layout.js';

const IPV4_ADDRESS_LENGTH = 4;
const IPV6_ADDRESS_LENGTH = 16;
const OPTION_END = 0;
/** A byte without a length: no operation in IPv4. */
const OPTION_NOP = 1;
/** Loose and strict source route (RFC 791, section 3.1): length, pointer, addresses. */
const LOOSE_SOURCE_ROUTE = 131;
const STRICT_SOURCE_ROUTE = 137;
const ROUTING_TYPE = 2;
const SEGMENTS_LEFT = 3;
const FIRST_ADDRESS = 8;
/** The last address is the last stop (RFC 2460 section 4.4, RFC 6275 section 6.4). */
const ROUTE = 0;
const MOBILE_HOME = 2;
/** The first address is the last stop (RFC 8754 section 2). */
const SEGMENT_ROUTING = 4;
const PAD1 = 0;
/** The address that a mobile node is known by (RFC 6275, section 6.3). */
const HOME_ADDRESS = 0xc9;

/** Where the destination is: in the IPv4 header, or last in a source route that is not used up. */
export function ipv4Destination(view: DataView, { l3Offset, l4Offset }: Layers): number {
  let at = l3Offset + IPV4_MIN_HEADER_LENGTH;
  // A header of AH would come behind the options; those end before what the header length says.
  const end = Math.min(l4Offset, l3Offset + ((view.getUint8(l3Offset) & 0x0f) << 2));
  while (at + 2 < end) {
    const kind = view.getUint8(at);
    if (kind === OPTION_END) break;
    const length = kind === OPTION_NOP ? 1 : view.getUint8(at + 1);
    if (length === 0 || at + length > end) break;
    if (kind === LOOSE_SOURCE_ROUTE || kind === STRICT_SOURCE_ROUTE) {
      const hasStops = length >= 3 + IPV4_ADDRESS_LENGTH && view.getUint8(at + 2) <= length;
      if (hasStops) return at + length - IPV4_ADDRESS_LENGTH;
    }
    at += length;
  }
  return l3Offset + IPV4_DST_ADDRESS;
}

/** Where the addresses of an IPv6 packet are. */
export interface Ipv6Addresses {
  source: number;
  /** -1 where a routing header is of an unknown kind. */
  destination: number;
}

export function ipv6Addresses(view: DataView, { l3Offset, l4Offset }: Layers): Ipv6Addresses {
  const addresses = {
    source: l3Offset + IPV6_SRC_ADDRESS,
    destination: l3Offset + IPV6_DST_ADDRESS,
  };
  let protocol = view.getUint8(l3Offset + IPV6_NEXT_HEADER);
  // The decoder has been through these headers: they end at `l4Offset`.
  for (let at = l3Offset + IPV6_HEADER_LENGTH; at < l4Offset; ) {
    const length = extensionLength(protocol, view.getUint8(at + EXTENSION_LENGTH));
    if (protocol === IpProtocol.routing && view.getUint8(at + SEGMENTS_LEFT) > 0) {
      addresses.destination = lastStop(view, at, length);
    } else if (protocol === IpProtocol.destinationOptions) {
      const home = homeAddress(view, at + 2, at + length);
      if (home >= 0) addresses.source = home;
    }
    protocol = view.getUint8(at + EXTENSION_NEXT_HEADER);
    at += length;
  }
  return addresses;
}

function lastStop(view: DataView, at: number, length: number): number {
  if (length < FIRST_ADDRESS + IPV6_ADDRESS_LENGTH) return -1;
  switch (view.getUint8(at + ROUTING_TYPE)) {
    case ROUTE:
    case MOBILE_HOME:
      return at + length - IPV6_ADDRESS_LENGTH;
    case SEGMENT_ROUTING:
      return at + FIRST_ADDRESS;
    default:
      return -1;
  }
}

function homeAddress(view: DataView, start: number, end: number): number {
  for (let at = start; at + 2 <= end; ) {
    const type = view.getUint8(at);
    if (type === PAD1) {
      at++;
      continue;
    }
    const length = view.getUint8(at + 1);
    if (type === HOME_ADDRESS && length === IPV6_ADDRESS_LENGTH && at + 2 + length <= end) {
      return at + 2;
    }
    at += 2 + length;
  }
  return -1;
}
