import type { Clock, Timer } from 'fluxnet-core';
import type { Scheduler } from './scheduler.js';
import { msToNs, NS_PER_MS } from './units.js';

/**
 * The contract's clock over virtual time. A turn of the event loop costs a little time, and no
 * timer is shorter than a turn: a loop that spins, or sleeps for 0 ms, lets time pass.
 */
export class VirtualClock implements Clock {
  readonly #scheduler: Scheduler;
  readonly #turnNs: number;

  constructor(scheduler: Scheduler, turnNs: number) {
    this.#scheduler = scheduler;
    this.#turnNs = turnNs;
  }

  now(): number {
    return this.#scheduler.nowNs / NS_PER_MS;
  }

  sleep(
    timeMs: number,
    { signal }: { readonly signal?: AbortSignal | undefined } = {},
  ): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const timer = this.timer(timeMs, () => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      });
      const onAbort = () => {
        timer.cancel();
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  timer(timeMs: number, callback: () => void): Timer {
    return this.#scheduler.after(Math.max(msToNs(timeMs), this.#turnNs), callback);
  }

  nextTurn(callback: () => void): void {
    this.#scheduler.after(this.#turnNs, callback);
  }
}
