import { DESC_CONTINUED, DESC_TX_METADATA } from 'fluxnet-core';
import type { SimUmem } from './umem.js';

const KNOWN_OPTIONS = DESC_CONTINUED | DESC_TX_METADATA;

/**
 * The byte offset that a TX address means. Where chunks are unaligned, its upper 16 bits are an
 * offset to add (`xp_unaligned_add_offset_to_addr`). Exact also where it is far outside.
 */
export function txOffset(umem: SimUmem, low: number, high: number): number {
  if (!umem.unaligned) return (high >>> 0) * 2 ** 32 + (low >>> 0);
  return (high & 0xffff) * 2 ** 32 + (low >>> 0) + (high >>> 16);
}

/**
 * `xskq_cons_is_valid_desc`: `xp_aligned_validate_desc`, `xp_unaligned_validate_desc`
 * (net/xdp/xsk_queue.h). Memory for metadata must lie in front of every packet, asked for or not.
 */
export function isValidTxDescriptor(
  umem: SimUmem,
  low: number,
  high: number,
  length: number,
  options: number,
): boolean {
  if (length === 0 || (options & ~KNOWN_OPTIONS) !== 0) return false;
  const metadata = umem.txMetadataLength;
  const start = txOffset(umem, low, high) - metadata;
  const { size } = umem.memory;
  if (start < 0 || start >= size) return false;
  if (umem.unaligned)
    return length + metadata <= umem.chunkSize && start + metadata + length <= size;
  return (start & (umem.chunkSize - 1)) + length + metadata <= umem.chunkSize;
}
