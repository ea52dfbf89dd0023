import type { Clock, Socket } from 'fluxnet-core';
import { COMPLETION_CHECK_MS, type RunnerOptions } from './event-loop-runner.js';
import { type PollMeter, PollState } from './poll-meter.js';
import { SpinLimit } from './spin-limit.js';
import { TurnBudget } from './turn-budget.js';
import { Wakeup } from './wakeup.js';

/** What wakes a wait: packets that arrive, or room to send. */
export type WaitFor = 'packets' | 'room';

/** The sockets' side of waiting. */
export interface WaitSource {
  /** Sends what is to be sent: the kernel would do it inside poll, and swallow the error. */
  flush(): void;
  /** Frames are on their way out, and nobody wakes us when they are back. */
  readonly sending: boolean;
  /** The kernel would call the sockets writable only later: it is worth to be woken for. */
  readonly congested: boolean;
  /** It cannot receive now, so packets that wait are no reason to wake up. */
  readonly blocked: boolean;
}

interface Waiter {
  readonly waitsFor: WaitFor;
  readonly isReady: () => boolean;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
  /** Forgets the signal. */
  readonly detach: () => void;
}

/**
 * Promises that resolve when sockets are ready. All that wait share one sleep; the poller says how
 * long they look for themselves before it. They are asked in the order in which they came.
 */
export class Waits {
  readonly #clock: Clock;
  readonly #source: WaitSource;
  readonly #spin: SpinLimit;
  readonly #budget: TurnBudget;
  readonly #meter: PollMeter;
  readonly #wakeup: Wakeup;
  readonly #waiters: Waiter[] = [];
  #scheduled = false;
  #ended: { readonly reason: unknown } | undefined;

  constructor(
    clock: Clock,
    sockets: readonly Socket[],
    source: WaitSource,
    options: RunnerOptions,
    meter: PollMeter,
  ) {
    this.#clock = clock;
    this.#source = source;
    this.#spin = new SpinLimit(options.poller, options.spinUs);
    this.#budget = new TurnBudget(clock, options.turnBudgetMs);
    this.#meter = meter;
    this.#wakeup = new Wakeup(clock, sockets, () => this.#schedule());
  }

  /** May a caller be answered at once, or has the event loop to have its turn first? */
  get mayAnswer(): boolean {
    return !this.#budget.exhausted;
  }

  /** Nobody waits for this yet: whoever comes now would be next. */
  isFree(waitsFor: WaitFor): boolean {
    return !this.#waiters.some((waiter) => waiter.waitsFor === waitsFor);
  }

  /**
   * Resolves in a later turn, once `isReady` says so. It is asked once more after every wake-up,
   * and may do what it is waited for.
   * @throws `signal.reason` when aborted; what `end` was called with
   */
  wait(waitsFor: WaitFor, isReady: () => boolean, signal: AbortSignal | undefined): Promise<void> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended.reason);
    if (signal?.aborted === true) return Promise.reject(signal.reason);
    return new Promise((resolve, reject) => {
      const abort = () => {
        this.#waiters.splice(this.#waiters.indexOf(waiter), 1);
        reject(signal!.reason);
      };
      const detach = () => signal?.removeEventListener('abort', abort);
      const waiter: Waiter = { waitsFor, isReady, resolve, reject, detach };
      signal?.addEventListener('abort', abort, { once: true });
      this.#waiters.push(waiter);
      this.#wakeup.cancel(); // Interests may have changed.
      this.#schedule();
    });
  }

  /** Everybody's wait ends with this, and so does every later one. */
  end(reason: unknown): void {
    this.#ended ??= { reason };
    this.#wakeup.cancel();
    for (const waiter of this.#waiters.splice(0)) {
      waiter.detach();
      waiter.reject(reason);
    }
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#clock.nextTurn(this.#look);
  }

  readonly #look = (): void => {
    this.#scheduled = false;
    const waiters = this.#waiters;
    if (waiters.length === 0) return;
    this.#meter.turn(this.#clock.now());
    let found = false;
    try {
      found = this.#ask();
      this.#source.flush();
    } catch (error) {
      this.end(error);
    }
    const now = this.#meter.pass(this.#clock.now(), found);
    if (waiters.length === 0) {
      this.#meter.yields(PollState.stopped);
    } else if (this.#spin.again(found, now)) {
      this.#meter.yields(PollState.running);
      this.#schedule();
    } else {
      this.#sleep();
    }
  };

  /** Who is ready goes. Returns whether anybody was. */
  #ask(): boolean {
    let found = false;
    for (const waiter of [...this.#waiters]) {
      if (!waiter.isReady()) continue;
      const at = this.#waiters.indexOf(waiter);
      if (at < 0) continue; // Ended from inside.
      this.#waiters.splice(at, 1);
      waiter.detach();
      waiter.resolve();
      found = true;
    }
    return found;
  }

  #sleep(): void {
    this.#meter.yields(PollState.sleeping);
    const wants = (waitsFor: WaitFor) => !this.isFree(waitsFor);
    const { sending, congested, blocked } = this.#source;
    const interest = {
      readable: wants('packets') && !blocked,
      writable: wants('room') && congested,
    };
    this.#wakeup.arm(
      interest.readable || interest.writable ? interest : undefined,
      sending || wants('room') ? COMPLETION_CHECK_MS : undefined,
    );
  }
}
