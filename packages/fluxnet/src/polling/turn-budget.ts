import type { Clock } from 'fluxnet-core';

/**
 * How long code that only ever awaits settled promises has kept the thread: timers and I/O get no
 * turn between microtasks, so whoever answers at once has to look at the time.
 */
export class TurnBudget {
  readonly #clock: Clock;
  readonly #budgetMs: number;
  #began = 0;
  #open = false;

  constructor(clock: Clock, budgetMs: number) {
    this.#clock = clock;
    this.#budgetMs = budgetMs;
  }

  get exhausted(): boolean {
    if (!this.#open) {
      this.#open = true;
      this.#began = this.#clock.now();
      this.#clock.nextTurn(this.#end);
      return false;
    }
    return this.#clock.now() - this.#began >= this.#budgetMs;
  }

  readonly #end = (): void => {
    this.#open = false;
  };
}
