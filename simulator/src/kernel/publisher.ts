import type { Publication } from './profile.js';
import type { SimSocket } from './socket.js';

/**
 * Shows user space what was received (`xsk_flush`, net/xdp/xsk.c): the RX ring's producer, the
 * fill ring's consumer, and a wake-up. When, is the publication mode's matter; the kernel's own
 * positions are ahead of what is seen in all of them.
 */
export class Publisher {
  readonly #socket: SimSocket;
  readonly #mode: Publication;
  /** Adversarial: a publication is on its way. */
  #delayed = false;

  constructor(socket: SimSocket) {
    this.#socket = socket;
    this.#mode = socket.kernel.profile.publication;
  }

  /**
   * @param stored false when it was dropped for want of a buffer or a slot
   * @param generic the program runs in generic mode: one packet at a time
   */
  received(stored: boolean, generic: boolean): void {
    const { kernel } = this.#socket;
    switch (this.#mode) {
      case 'eager':
        this.#publish();
        break;
      case 'adversarial':
        this.#publishLate();
        break;
      default: {
        const perPacket = this.#mode === 'per-packet' || (this.#mode === 'auto' && generic);
        // In native mode a frame that failed does not put the socket on the list.
        if (perPacket) this.#publish();
        else if (stored) kernel.flushAtEndOfPoll(this.#socket);
      }
    }
  }

  flush(): void {
    this.#publish();
  }

  #publish(): void {
    const { rxRing, queue, waiters } = this.#socket;
    rxRing?.submit();
    queue.pool.publishFill();
    waiters.wake('readable');
  }

  /** Some time later, as much as the seed likes, in order; then again until all is seen. */
  #publishLate(): void {
    if (this.#delayed) return;
    this.#delayed = true;
    const { kernel, rxRing } = this.#socket;
    const delayNs = Math.floor(kernel.random() * kernel.profile.adversarialDelayNs);
    const produced = rxRing?.produced ?? 0;
    kernel.scheduler.after(delayNs, () => {
      this.#delayed = false;
      if (this.#socket.closed) return;
      rxRing?.submitUpTo(produced);
      if (kernel.random() < 0.5) this.#socket.queue.pool.publishFill();
      this.#socket.waiters.wake('readable');
      if (rxRing !== undefined && rxRing.produced !== produced) this.#publishLate();
      else this.#socket.queue.pool.publishFill();
    });
  }
}
