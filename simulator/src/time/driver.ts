import { FluxError } from 'fluxnet-core';
import type { Scheduler } from './scheduler.js';
import { settle } from './settle.js';
import { msToNs } from './units.js';

/**
 * Moves virtual time on behalf of the test: one event, then everything that the event made
 * ready, then the next event. Asynchronous code that waits for the clock or for a socket runs
 * in the same order every time. What waits for real I/O does not: time moves on without it.
 */
export class Driver {
  readonly #scheduler: Scheduler;
  #driving = false;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  async run(durationMs: number): Promise<void> {
    await this.#drive('run', durationMs, () => false);
  }

  runUntil(predicate: () => boolean, limitMs: number): Promise<boolean> {
    return this.#drive('runUntil', limitMs, predicate);
  }

  /** The same without turns of the event loop: promises do not move. */
  advance(durationMs: number): void {
    checkDuration('advance', durationMs);
    const endNs = this.#scheduler.nowNs + msToNs(durationMs);
    while (this.#scheduler.stepUntil(endNs));
    this.#scheduler.advanceTo(endNs);
  }

  async #drive(name: string, limitMs: number, done: () => boolean): Promise<boolean> {
    checkDuration(name, limitMs);
    if (this.#driving) {
      throw new FluxError('FLUX_UNSUPPORTED', `${name}() while time is already running`, {
        hint: 'await the run() in progress, or use clock.sleep() inside the simulation',
      });
    }
    this.#driving = true;
    try {
      const endNs = this.#scheduler.nowNs + msToNs(limitMs);
      await settle();
      for (;;) {
        if (done()) return true;
        if (!this.#scheduler.stepUntil(endNs)) break;
        await settle();
      }
      this.#scheduler.advanceTo(endNs);
      return done();
    } finally {
      this.#driving = false;
    }
  }
}

function checkDuration(name: string, durationMs: number): void {
  if (durationMs >= 0 && durationMs < Number.MAX_SAFE_INTEGER) return;
  throw new FluxError('FLUX_INVALID_OPTION', `${name}: ${durationMs} ms is not a time`, {
    hint: 'give milliseconds, 0 or more',
    context: { path: 'timeMs', value: durationMs },
  });
}
