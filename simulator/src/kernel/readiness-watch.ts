import type { Readiness, Timer } from 'fluxnet-core';
import type { SimSocket } from './socket.js';
import type { Waiter } from './wait-queue.js';

/**
 * One-shot readiness on the event loop, as epoll gives it: the socket is polled once when the
 * watch starts and again after each wake-up, always in a turn of its own, never inside the call
 * that made the socket ready.
 */
export class ReadinessWatch {
  readonly #socket: SimSocket;
  #interest: Readiness = { readable: false, writable: false };
  #listener: (() => void) | undefined;
  #check: Timer | undefined;
  readonly #waiter: Waiter = (reason) => {
    if (this.#interest[reason]) this.#checkSoon();
  };

  constructor(socket: SimSocket) {
    this.#socket = socket;
  }

  start(interest: Readiness, listener: () => void): void {
    this.stop();
    this.#interest = { readable: interest.readable, writable: interest.writable };
    this.#listener = listener;
    this.#socket.waiters.add(this.#waiter);
    this.#checkSoon();
  }

  stop(): void {
    this.#check?.cancel();
    this.#check = undefined;
    this.#listener = undefined;
    this.#socket.waiters.remove(this.#waiter);
  }

  #checkSoon(): void {
    if (this.#check !== undefined) return;
    const { scheduler, profile } = this.#socket.kernel;
    this.#check = scheduler.after(profile.turnNs, () => {
      this.#check = undefined;
      const ready = this.#socket.poll();
      const { readable, writable } = this.#interest;
      if (!((readable && ready.readable) || (writable && ready.writable))) return;
      const listener = this.#listener;
      this.stop();
      listener?.();
    });
  }
}
