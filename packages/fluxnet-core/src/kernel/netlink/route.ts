import type { RouteType } from '../../contract/interface.js';
import { AF_INET, AF_INET6, ipText } from './address-text.js';
import {
  type Attributes,
  align,
  bytes,
  LITTLE_ENDIAN,
  malformed,
  parseAttributes,
  rest,
  u32,
} from './attributes.js';
import { scopeName } from './scope.js';

// Routes (`struct rtmsg`, include/uapi/linux/rtnetlink.h):
//
//   0        1            2          3     4       5          6       7      8           12
//   | family | dst length | src len  | tos | table | protocol | scope | type | flags     | attributes
export const RTM_GETROUTE = 26;

const HEADER = 12;
const RTA_DST = 1;
const RTA_OIF = 4;
const RTA_GATEWAY = 5;
const RTA_PRIORITY = 6;
const RTA_PREFSRC = 7;
const RTA_MULTIPATH = 9;
const RTA_TABLE = 15;
const RTA_VIA = 18;

// One way of several (`struct rtnexthop`): length, flags, weight - 1, interface, attributes.
const NEXT_HOP_HEADER = 8;

const TYPES: Readonly<Record<number, RouteType>> = {
  1: 'unicast',
  2: 'local',
  3: 'broadcast',
  4: 'anycast',
  5: 'multicast',
  6: 'blackhole',
  7: 'unreachable',
  8: 'prohibit',
  9: 'throw',
  10: 'nat',
  11: 'xresolve',
};

/** A next hop whose interface is not named yet. */
export interface RawNextHop {
  readonly gateway: string | undefined;
  readonly ifindex: number;
  readonly weight: number;
}

export interface RawRoute {
  readonly family: 4 | 6;
  readonly type: RouteType;
  readonly destination: string;
  readonly prefixLength: number;
  readonly nextHops: readonly RawNextHop[];
  readonly source: string | undefined;
  readonly metric: number;
  readonly table: number;
  readonly scope: string;
}

/** Undefined for families other than IPv4 and IPv6. @throws {FluxError} `FLUX_NETLINK_MALFORMED` */
export function parseRoute(payload: DataView): RawRoute | undefined {
  const attributes = parseAttributes(rest(payload, HEADER));
  const family = payload.getUint8(0);
  if (family !== AF_INET && family !== AF_INET6) return undefined;
  return {
    family: family === AF_INET ? 4 : 6,
    type: TYPES[payload.getUint8(7)] ?? 'unicast',
    destination: ip(attributes, RTA_DST) ?? (family === AF_INET ? '0.0.0.0' : '::'),
    prefixLength: payload.getUint8(1),
    nextHops: nextHops(attributes),
    source: ip(attributes, RTA_PREFSRC),
    metric: u32(attributes, RTA_PRIORITY) ?? 0,
    // The header has room for tables up to 255 only.
    table: u32(attributes, RTA_TABLE) ?? payload.getUint8(4),
    scope: scopeName(payload.getUint8(6)),
  };
}

function ip(attributes: Attributes, type: number): string | undefined {
  const raw = bytes(attributes, type);
  return raw && ipText(raw);
}

/** A gateway, of the route's family or (`struct rtvia`: family, address) of the other one. */
function gateway(attributes: Attributes): string | undefined {
  const via = bytes(attributes, RTA_VIA);
  return ip(attributes, RTA_GATEWAY) ?? (via && ipText(via.subarray(2)));
}

function nextHops(attributes: Attributes): RawNextHop[] {
  const several = attributes.get(RTA_MULTIPATH);
  if (several !== undefined) return parseNextHops(several);
  const ifindex = u32(attributes, RTA_OIF);
  return ifindex === undefined ? [] : [{ gateway: gateway(attributes), ifindex, weight: 1 }];
}

function parseNextHops(view: DataView): RawNextHop[] {
  const hops: RawNextHop[] = [];
  let offset = 0;
  while (view.byteLength - offset >= NEXT_HOP_HEADER) {
    const length = view.getUint16(offset, LITTLE_ENDIAN);
    if (length < NEXT_HOP_HEADER || length > view.byteLength - offset) {
      throw malformed('a next hop does not fit', { offset, length });
    }
    const start = view.byteOffset + offset + NEXT_HOP_HEADER;
    hops.push({
      gateway: gateway(parseAttributes(new DataView(view.buffer, start, length - NEXT_HOP_HEADER))),
      ifindex: view.getUint32(offset + 4, LITTLE_ENDIAN),
      weight: view.getUint8(offset + 3) + 1,
    });
    offset += align(length);
  }
  return hops;
}

/** Asks for all routes of all families. */
export function routeRequest(): Uint8Array[] {
  return [new Uint8Array(HEADER)];
}
