import { errno, type TxRing } from 'fluxnet-core';

/** A kick sends at most the TX budget (32 by default); a ring has at most 65536 entries. */
const MAX_KICKS = 2048;

/**
 * Kicks until the kernel has taken everything, or as far as it can go now.
 * @returns 0, or the negative errno that ended it
 */
export function kickAll(tx: TxRing, kick: () => number): number {
  for (let kicks = 0; kicks < MAX_KICKS; kicks++) {
    const before = tx.pending;
    if (before === 0 || !tx.needsWakeup) return 0;
    const result = kick();
    // -EAGAIN with progress: the budget was used up. -EBUSY: the device dropped one.
    if (result === errno.EBUSY || (result === errno.EAGAIN && tx.pending !== before)) continue;
    return result;
  }
  return errno.EAGAIN;
}
