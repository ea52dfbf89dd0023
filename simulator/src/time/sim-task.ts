import type { Task } from 'fluxnet-core';

/**
 * A worker of the simulation: an async function in this isolate, whose turns the scheduler orders.
 * It stands still where it awaits the clock or a socket, never by blocking.
 */
export class SimTask implements Task {
  readonly name: string;
  readonly done: Promise<void>;
  readonly #abort = new AbortController();
  readonly #end: { resolve: () => void; reject: (error: unknown) => void };
  #state: 'waiting' | 'running' | 'ended' = 'waiting';

  constructor(name: string) {
    this.name = name;
    let end!: { resolve: () => void; reject: (error: unknown) => void };
    this.done = new Promise((resolve, reject) => {
      end = { resolve, reject };
    });
    this.#end = end;
    this.done.catch(() => {}); // Whoever awaits it is told; nobody has to.
  }

  get running(): boolean {
    return this.#state !== 'ended';
  }

  /** Starts the function, in a turn of its own; a task that was stopped before does not start. */
  start(run: (signal: AbortSignal) => Promise<void>): void {
    if (this.#state !== 'waiting') return;
    this.#state = 'running';
    run(this.#abort.signal).then(
      () => this.#finish(this.#end.resolve),
      (error: unknown) => this.#finish(() => this.#end.reject(error)),
    );
  }

  stop(): void {
    this.#abort.abort();
    if (this.#state === 'waiting') this.#finish(this.#end.resolve);
  }

  #finish(settle: () => void): void {
    this.#state = 'ended';
    settle();
  }
}
