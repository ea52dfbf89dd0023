/**
 * BSD loopback (https://www.tcpdump.org/linktypes/LINKTYPE_NULL.html): the four bytes of an address
 * family, in the byte order of the machine that captured; big-endian for LINKTYPE_LOOP.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |                        Address Family                         |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */

import { EtherType } from './ethernet-layout.js';

export const LOOPBACK_HEADER_LENGTH = 4;

const FAMILY_INET = 2;
/** AF_INET6 of NetBSD and OpenBSD, FreeBSD, macOS, and Linux. */
const FAMILIES_INET6 = [24, 28, 30, 10];

/** The EtherType for an address family read big-endian, in whichever order it was written, or -1. */
export function loopbackEtherType(word: number): number {
  // A family is a small number, so the half that is zero says which order it is.
  const family = word <= 0xffff ? word : (word >>> 24) | ((word >>> 8) & 0xff00);
  if (word > 0xffff && (word & 0xffff) !== 0) return -1;
  if (family === FAMILY_INET) return EtherType.ipv4;
  return FAMILIES_INET6.includes(family) ? EtherType.ipv6 : -1;
}
