import type { Clock, Readiness, Socket, Timer } from 'fluxnet-core';

/**
 * One sleep on the event loop: a one-shot watch on every socket, and a timer where something has
 * to be looked at meanwhile. Whichever comes first wakes, once.
 */
export class Wakeup {
  readonly #clock: Clock;
  readonly #sockets: readonly Socket[];
  readonly #woken: () => void;
  #timer: Timer | undefined;

  constructor(clock: Clock, sockets: readonly Socket[], woken: () => void) {
    this.#clock = clock;
    this.#sockets = sockets;
    this.#woken = woken;
  }

  /** TX must be flushed before. Without an interest only the time wakes. */
  arm(interest: Readiness | undefined, timeoutMs: number | undefined): void {
    if (interest !== undefined) {
      for (const socket of this.#sockets) socket.watch(interest, this.wake);
    }
    if (timeoutMs !== undefined) this.#timer = this.#clock.timer(timeoutMs, this.wake);
  }

  cancel(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    for (const socket of this.#sockets) socket.unwatch();
  }

  readonly wake = (): void => {
    this.cancel();
    this.#woken();
  };
}
