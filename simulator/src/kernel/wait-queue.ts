/** Which half of a socket made progress: `sock_def_readable` or `sk_write_space`. */
export type WakeReason = 'readable' | 'writable';

export type Waiter = (reason: WakeReason) => void;

/** Those that sleep on a socket. A wake-up says that it is worth looking, not that it is ready. */
export class WaitQueue {
  readonly #waiters = new Set<Waiter>();

  add(waiter: Waiter): void {
    this.#waiters.add(waiter);
  }

  remove(waiter: Waiter): void {
    this.#waiters.delete(waiter);
  }

  wake(reason: WakeReason): void {
    for (const waiter of this.#waiters) waiter(reason);
  }
}
