import type { Scheduler } from '../time/scheduler.js';

/** Something that happened: who did what, when. */
export interface TraceEntry {
  readonly timeMs: number;
  /** An interface, `eth0:1` for its queue 1, a task, or `net`. */
  readonly who: string;
  readonly what: string;
}

/** The oldest entries go first. */
const MAX_ENTRIES = 10_000;

/** A log of the simulation that people can read. Off unless asked for: it allocates. */
export class Trace {
  readonly #scheduler: Scheduler;
  #entries: TraceEntry[] = [];
  /** Ask before building a text. */
  enabled = false;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  add(who: string, what: string): void {
    if (!this.enabled) return;
    this.#entries.push({ timeMs: this.#scheduler.nowNs / 1e6, who, what });
    if (this.#entries.length >= 2 * MAX_ENTRIES) this.#entries = this.entries.slice();
  }

  get entries(): readonly TraceEntry[] {
    return this.#entries.slice(-MAX_ENTRIES);
  }

  clear(): void {
    this.#entries = [];
  }

  /** One line per entry: time in ms, who, what. */
  toString(): string {
    const width = Math.max(4, ...this.entries.map(({ who }) => who.length));
    return this.entries
      .map(
        ({ timeMs, who, what }) =>
          `${timeMs.toFixed(6).padStart(12)}  ${who.padEnd(width)}  ${what}`,
      )
      .join('\n');
  }
}
