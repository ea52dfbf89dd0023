/**
 * The Internet checksum (RFC 1071) and its incremental update (RFC 1624).
 *
 * A *sum* is the one's complement sum of big-endian 16-bit words, folded to 16 bits. A *checksum*
 * is the complement of a sum: what stands in a header. Data that contains its own correct checksum
 * has the checksum 0.
 */

/** Brings a sum of less than 2^32 back to 16 bits by adding the carries in again. */
function fold(sum: number): number {
  const once = (sum & 0xffff) + (sum >>> 16);
  return (once & 0xffff) + (once >>> 16);
}

/**
 * Adds `length` bytes at `offset` to `sum`. An odd last byte counts as if a zero byte followed, so
 * when a sum is made in pieces every piece but the last must have an even length.
 *
 * It reads 16 bytes per turn and folds once per turn, so the sum stays a small integer whatever the
 * length. A DataView reads unaligned words, which a Uint16Array cannot, and from 64 bytes on is
 * two to three times as fast as reading pairs of bytes.
 */
export function onesComplementSum(view: DataView, offset: number, length: number, sum = 0): number {
  const end = offset + length;
  let total = fold(sum);
  let at = offset;
  for (const lastBlock = end - 16; at <= lastBlock; at += 16) {
    const a = view.getUint32(at);
    const b = view.getUint32(at + 4);
    const c = view.getUint32(at + 8);
    const d = view.getUint32(at + 12);
    const high = (a >>> 16) + (b >>> 16) + (c >>> 16) + (d >>> 16);
    const low = (a & 0xffff) + (b & 0xffff) + (c & 0xffff) + (d & 0xffff);
    total += high + low;
    total = (total & 0xffff) + (total >>> 16);
  }
  for (const lastPair = end - 2; at <= lastPair; at += 2) total += view.getUint16(at);
  if (at < end) total += view.getUint8(at) << 8;
  return fold(total);
}

/** The checksum of `length` bytes at `offset`, continuing from `sum` (a pseudo-header's, say). */
export function internetChecksum(view: DataView, offset: number, length: number, sum = 0): number {
  return ~onesComplementSum(view, offset, length, sum) & 0xffff;
}

/**
 * The sum of the pseudo-header that UDP (RFC 768) and TCP (RFC 9293, section 3.1) prepend over
 * IPv4. `length` is that of the UDP or TCP header with its data.
 */
export function pseudoHeaderSum(
  srcAddress: number,
  dstAddress: number,
  protocol: number,
  length: number,
): number {
  const addresses =
    (srcAddress >>> 16) + (srcAddress & 0xffff) + (dstAddress >>> 16) + (dstAddress & 0xffff);
  return fold(addresses + protocol + length);
}

/**
 * The checksum after one 16-bit word it covers changed from `before` to `after`: RFC 1624,
 * equation 3. A UDP checksum of 0 means "none" and must not be updated; an updated one that comes
 * out as 0 is sent as 0xffff.
 */
export function updateChecksum16(checksum: number, before: number, after: number): number {
  return ~fold((~checksum & 0xffff) + (~before & 0xffff) + (after & 0xffff)) & 0xffff;
}

/** The same for two words, such as an IPv4 address. Takes signed numbers as well. */
export function updateChecksum32(checksum: number, before: number, after: number): number {
  return updateChecksumSum(
    checksum,
    (before >>> 16) + (before & 0xffff),
    (after >>> 16) + (after & 0xffff),
  );
}

/** The same for any words, such as an IPv6 address, given their sums before and after. */
export function updateChecksumSum(checksum: number, before: number, after: number): number {
  return ~fold((~checksum & 0xffff) + (~fold(before) & 0xffff) + fold(after)) & 0xffff;
}
