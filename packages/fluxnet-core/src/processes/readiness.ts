import { FluxError } from '../errors.js';

type Direction = 'readable' | 'writable';

/** What is watched: one-shot, and starting again replaces what was waited for. */
export interface Watchable {
  watch(readable: boolean, writable: boolean, listener: () => void): void;
  unwatch(): void;
}

interface Waiter {
  readonly direction: Direction;
  settle(error?: unknown): void;
}

/**
 * Waits for a descriptor in both directions at once, over its one watch of the event loop. A
 * waiter may be woken for nothing: it tries again.
 */
export class Readiness {
  readonly #target: Watchable;
  readonly #waiters = new Set<Waiter>();

  constructor(target: Watchable) {
    this.#target = target;
  }

  /** Rejects with `signal.reason` when aborted, and with the reason of `end`. */
  wait(direction: Direction, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        direction,
        settle: (error) => {
          this.#waiters.delete(waiter);
          signal?.removeEventListener('abort', aborted);
          if (error === undefined) resolve();
          else reject(error);
        },
      };
      const aborted = () => {
        waiter.settle(signal!.reason);
        this.#watch();
      };
      signal?.addEventListener('abort', aborted);
      this.#waiters.add(waiter);
      this.#watch();
    });
  }

  /** The descriptor is closed: nobody waits any longer. */
  end(what: string): void {
    for (const waiter of [...this.#waiters]) {
      waiter.settle(new FluxError('FLUX_CLOSED', `the ${what} was closed`));
    }
  }

  #watch(): void {
    const wanted = (direction: Direction) =>
      [...this.#waiters].some((waiter) => waiter.direction === direction);
    const [readable, writable] = [wanted('readable'), wanted('writable')];
    if (!readable && !writable) this.#target.unwatch();
    else this.#target.watch(readable, writable, () => this.#wake());
  }

  #wake(): void {
    for (const waiter of [...this.#waiters]) waiter.settle();
  }
}
