/** The sum of a pseudo-header over IPv6, whose addresses are too long to be numbers. */

import { onesComplementSum } from './internet-checksum.js';

const IPV6_ADDRESS_LENGTH = 16;

/**
 * RFC 8200, section 8.1. `protocol` is that of the transport header, wherever it is, `length` that of
 * the header and its data.
 */
export function ipv6PseudoHeaderSum(
  view: DataView,
  srcOffset: number,
  dstOffset: number,
  protocol: number,
  length: number,
): number {
  const rest = protocol + (length >>> 16) + (length & 0xffff);
  const source = onesComplementSum(view, srcOffset, IPV6_ADDRESS_LENGTH, rest);
  return onesComplementSum(view, dstOffset, IPV6_ADDRESS_LENGTH, source);
}
