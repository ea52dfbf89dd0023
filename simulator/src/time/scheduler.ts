import type { Timer } from 'fluxnet-core';
import { EventHeap } from './event-heap.js';

/**
 * Virtual time and everything that will happen in it. Time is held in whole nanoseconds, so
 * that adding up many small steps stays exact; it moves only when an event runs.
 */
export class Scheduler {
  readonly #heap = new EventHeap();
  #nowNs = 0;
  #sequence = 0;

  get nowNs(): number {
    return this.#nowNs;
  }

  after(delayNs: number, run: () => void): Timer {
    const timeNs = this.#nowNs + Math.max(0, delayNs);
    const event = { timeNs, sequence: this.#sequence++, run, cancelled: false };
    this.#heap.push(event);
    return {
      cancel() {
        event.cancelled = true;
      },
    };
  }

  /** Runs the next event if it lies at or before the limit. False when there is none. */
  stepUntil(limitNs: number): boolean {
    const next = this.#heap.peek();
    if (next === undefined || next.timeNs > limitNs) return false;
    this.#heap.pop();
    // Left the heap before it runs: an event may step the scheduler itself (PollSet.wait).
    this.#nowNs = Math.max(this.#nowNs, next.timeNs);
    next.run();
    return true;
  }

  /** Moves time forward without running anything. Never moves it back. */
  advanceTo(timeNs: number): void {
    this.#nowNs = Math.max(this.#nowNs, timeNs);
  }
}
