import type { Clock, Socket } from 'fluxnet-core';
import type { CheckedDatapath } from '../options/datapath-options.js';
import { type PollMeter, PollState } from './poll-meter.js';
import { SpinLimit } from './spin-limit.js';
import { Wakeup } from './wakeup.js';

/** While frames are on their way out nothing wakes us for their completion, so we look. */
export const COMPLETION_CHECK_MS = 1;
/** Passes in vain before the event loop gets its turn; virtual time only moves between turns. */
const EMPTY_PASSES_PER_TURN = 64;

const READABLE = { readable: true, writable: false };

/** What a runner runs. */
export interface Work {
  /** One look at everything. TX is flushed when it returns. Returns what it moved. */
  pass(): number;
  /** Frames are on their way out: look again soon, although nothing will wake us. */
  readonly sending: boolean;
  /** It cannot receive now, so packets that wait are no reason to wake up. */
  readonly blocked: boolean;
}

export type RunnerOptions = Pick<CheckedDatapath, 'poller' | 'spinUs' | 'turnBudgetMs'>;

/**
 * Runs a packet loop on the event loop of a thread that has other things to do: it keeps the
 * thread for the turn's budget at most, and sleeps in one-shot watches.
 */
export class EventLoopRunner {
  readonly #clock: Clock;
  readonly #work: Work;
  readonly #budgetMs: number;
  readonly #spin: SpinLimit;
  readonly #meter: PollMeter;
  readonly #wakeup: Wakeup;
  readonly #ended: (error: unknown) => void;
  #state: 'idle' | 'running' | 'stopping' = 'idle';
  #scheduled = false;

  /** @param ended called when a run is over, with what ended it if it was no `stop()` */
  constructor(
    clock: Clock,
    sockets: readonly Socket[],
    work: Work,
    options: RunnerOptions,
    meter: PollMeter,
    ended: (error: unknown) => void,
  ) {
    this.#clock = clock;
    this.#work = work;
    this.#budgetMs = options.turnBudgetMs;
    this.#spin = new SpinLimit(options.poller, options.spinUs);
    this.#meter = meter;
    this.#wakeup = new Wakeup(clock, sockets, () => this.#schedule());
    this.#ended = ended;
  }

  start(): void {
    this.#state = 'running';
    this.#schedule();
  }

  /** Ends the run after the current turn, in a turn of its own. */
  stop(): void {
    if (this.#state !== 'running') return;
    this.#state = 'stopping';
    this.#wakeup.wake();
  }

  /** Ends the run now, outside of a turn. */
  fail(error: unknown): void {
    if (this.#state !== 'idle') this.#end(error);
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#clock.nextTurn(this.#turn);
  }

  readonly #turn = (): void => {
    this.#scheduled = false;
    if (this.#state === 'idle') return;
    try {
      this.#next(this.#passes());
    } catch (error) {
      this.#end(error);
    }
  };

  /** Works until there is nothing to do or the budget is used up. Returns whether to go on. */
  #passes(): boolean {
    const meter = this.#meter;
    const end = meter.turn(this.#clock.now()) + this.#budgetMs;
    let empty = 0;
    while (this.#state === 'running') {
      const found = this.#work.pass() > 0;
      const now = meter.pass(this.#clock.now(), found);
      if (!this.#spin.again(found, now)) return false;
      if (now >= end) return true;
      if (!found && ++empty >= EMPTY_PASSES_PER_TURN) return true;
    }
    return true;
  }

  #next(again: boolean): void {
    if (this.#state === 'idle') return; // Failed from inside a pass.
    if (this.#state === 'stopping') {
      this.#end(undefined);
      return;
    }
    if (again) {
      this.#meter.yields(PollState.running);
      this.#schedule();
      return;
    }
    const { sending, blocked } = this.#work;
    this.#meter.yields(PollState.sleeping);
    this.#wakeup.arm(blocked ? undefined : READABLE, sending ? COMPLETION_CHECK_MS : undefined);
  }

  #end(error: unknown): void {
    this.#state = 'idle';
    this.#wakeup.cancel();
    this.#meter.yields(PollState.stopped);
    this.#ended(error);
  }
}
