import type { InterfaceAddress } from '../../contract/interface.js';
import { AF_INET, ipText } from './address-text.js';
import { bytes, LITTLE_ENDIAN, parseAttributes, rest } from './attributes.js';
import { scopeName } from './scope.js';

// Addresses (`struct ifaddrmsg`, include/uapi/linux/if_addr.h):
//
//   0        1               2        3        4                 8
//   | family | prefix length | flags  | scope  | interface index | attributes
export const RTM_GETADDR = 22;

const HEADER = 8;
const IFA_ADDRESS = 1;
const IFA_LOCAL = 2;

/** Undefined for families other than IPv4 and IPv6. @throws {FluxError} `FLUX_NETLINK_MALFORMED` */
export function parseAddress(
  payload: DataView,
): (InterfaceAddress & { readonly ifindex: number }) | undefined {
  const attributes = parseAttributes(rest(payload, HEADER));
  // On a point-to-point link IFA_ADDRESS is the far end.
  const raw = bytes(attributes, IFA_LOCAL) ?? bytes(attributes, IFA_ADDRESS);
  const address = raw && ipText(raw);
  if (address === undefined) return undefined;
  return {
    ifindex: payload.getUint32(4, LITTLE_ENDIAN),
    family: payload.getUint8(0) === AF_INET ? 4 : 6,
    address,
    prefixLength: payload.getUint8(1),
    scope: scopeName(payload.getUint8(3)),
  };
}

/** Asks for the addresses of one interface (strict checking makes the index a filter). */
export function addressRequest(ifindex: number): Uint8Array[] {
  const header = new Uint8Array(HEADER);
  new DataView(header.buffer).setUint32(4, ifindex, LITTLE_ENDIAN);
  return [header];
}
