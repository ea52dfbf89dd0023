/**
 * The Internet checksum (RFC 1071) over the bytes `start` to `end - 1`, as the kernel stores it: a
 * sum of 0 is sent as 0xffff, because 0 means "none" in UDP (`skb_checksum_help`,
 * net/core/dev.c).
 */
export function internetChecksum(view: DataView, start: number, end: number): number {
  let sum = 0;
  let at = start;
  for (; at < end - 1; at += 2) sum += view.getUint16(at);
  if (at < end) sum += view.getUint8(at) << 8;
  // Chunks have at most a page, so 2048 words: the sum has 27 bits.
  sum = (sum & 0xffff) + (sum >>> 16);
  sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff || 0xffff;
}
