import {
  type Backend,
  errno,
  errnoName,
  FluxError,
  type LinkWatch,
  type Socket,
  type Timer,
} from 'fluxnet-core';

/**
 * The kernel wakes nobody when an interface is removed; a system call on the socket tells. Link
 * events say when to ask. The timer is for interfaces that they do not speak of: removed before
 * the run, or of another network namespace, whose socket was handed to us.
 */
const CHECK_MS = 500;

/** Watches over sockets, and tells once when one has lost its interface. */
export class Liveness {
  readonly #backend: Backend;
  readonly #sockets: readonly Socket[];
  readonly #onRemoved: (error: FluxError) => void;
  #timer: Timer | undefined;
  #watch: LinkWatch | undefined;

  constructor(backend: Backend, sockets: readonly Socket[], onRemoved: (error: FluxError) => void) {
    this.#backend = backend;
    this.#sockets = sockets;
    this.#onRemoved = onRemoved;
  }

  /** @throws {FluxError} those of `Backend.watchLinks` */
  start(): void {
    this.#watch = this.#backend.watchLinks?.(({ change }) => {
      if (change === 'removed') this.#check();
    });
    this.#timer = this.#backend.clock.timer(CHECK_MS, this.#tick);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#watch?.close();
    this.#timer = undefined;
    this.#watch = undefined;
  }

  readonly #tick = (): void => {
    this.#timer = this.#backend.clock.timer(CHECK_MS, this.#tick);
    this.#check();
  };

  /** Asks the sockets: names can be reused. */
  #check(): void {
    if (this.#timer === undefined) return;
    for (const socket of this.#sockets) {
      const error = socket.wakeRx();
      if (error !== errno.ENXIO) continue;
      this.stop();
      const { ifname } = socket.queue;
      this.#onRemoved(
        new FluxError('FLUX_INTERFACE_REMOVED', `${ifname} is gone (${errnoName(error)})`, {
          hint: `open it anew when ${ifname} is back`,
          context: { ifname },
        }),
      );
      return;
    }
  }
}
