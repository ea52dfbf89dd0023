import type { Neighbour, NeighbourState } from '../../contract/interface.js';
import { AF_INET, AF_INET6, ipText, macText } from './address-text.js';
import { bytes, LITTLE_ENDIAN, parseAttributes, rest, u32Attribute } from './attributes.js';

// Neighbours (`struct ndmsg`, include/uapi/linux/neighbour.h):
//
//   0        1       4                 8        10       11       12
//   | family | -     | interface index | state  | flags  | type   | attributes
export const RTM_GETNEIGH = 30;

const HEADER = 12;
const NDA_DST = 1;
const NDA_LLADDR = 2;
const NDA_IFINDEX = 8;

const STATES: Readonly<Record<number, NeighbourState>> = {
  0: 'none',
  1: 'incomplete',
  2: 'reachable',
  4: 'stale',
  8: 'delay',
  16: 'probe',
  32: 'failed',
  64: 'noarp',
  128: 'permanent',
};

/**
 * Undefined for what is no neighbour over IP, such as a bridge's forwarding table.
 * @throws {FluxError} `FLUX_NETLINK_MALFORMED`
 */
export function parseNeighbour(
  payload: DataView,
): (Neighbour & { readonly ifindex: number }) | undefined {
  const attributes = parseAttributes(rest(payload, HEADER));
  const family = payload.getUint8(0);
  const raw = bytes(attributes, NDA_DST);
  const address = raw && ipText(raw);
  if ((family !== AF_INET && family !== AF_INET6) || address === undefined) return undefined;
  const mac = bytes(attributes, NDA_LLADDR);
  return {
    ifindex: payload.getUint32(4, LITTLE_ENDIAN),
    family: family === AF_INET ? 4 : 6,
    address,
    mac: mac && macText(mac),
    state: STATES[payload.getUint16(8, LITTLE_ENDIAN)] ?? 'none',
  };
}

/** Asks for the neighbours on one interface. */
export function neighbourRequest(ifindex: number): Uint8Array[] {
  return [new Uint8Array(HEADER), u32Attribute(NDA_IFINDEX, ifindex)];
}
