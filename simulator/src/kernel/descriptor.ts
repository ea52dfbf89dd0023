import { DESC_CONTINUED, DESC_TX_METADATA } from 'fluxnet-core';

const KNOWN_OPTIONS = DESC_CONTINUED | DESC_TX_METADATA;

/**
 * `xskq_cons_is_valid_desc` for aligned chunks without TX metadata (net/xdp/xsk_queue.h).
 * Addresses are 64-bit; memory has at most 2 GiB, so a valid one has no high word.
 */
export function isValidTxDescriptor(
  low: number,
  high: number,
  length: number,
  options: number,
  memorySize: number,
  chunkSize: number,
): boolean {
  if (length === 0) return false;
  if (high !== 0 || low >>> 0 >= memorySize) return false;
  if ((low & (chunkSize - 1)) + length > chunkSize) return false;
  return (options & ~KNOWN_OPTIONS) === 0;
}
