import type { PollerKind } from '../options/datapath-options.js';

/**
 * The whole difference between the pollers: how long to look for packets in vain before going to
 * sleep. `busy` for ever, `wait` not at all, `adaptive` for as long as `spinUs` says, because a
 * packet that comes soon is cheaper to find than to be woken for.
 */
export class SpinLimit {
  readonly #spinMs: number;
  #foundAt = Number.NEGATIVE_INFINITY;

  constructor(kind: PollerKind, spinUs: number) {
    this.#spinMs = kind === 'busy' ? Number.POSITIVE_INFINITY : kind === 'wait' ? 0 : spinUs / 1000;
  }

  /** After a pass: is it worth another one at once? */
  again(found: boolean, now: number): boolean {
    if (found) {
      this.#foundAt = now;
      return true;
    }
    return this.#spinMs === Number.POSITIVE_INFINITY || now - this.#foundAt < this.#spinMs;
  }
}
