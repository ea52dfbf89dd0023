import type { NetDevice } from './net-device.js';
import type { ProducerRing } from './producer-ring.js';

/** A packet whose buffers the driver still uses: low and high words in turn. */
type InFlight = readonly number[];

/**
 * The way back of transmitted frames (`xsk_destruct_skb`, net/xdp/xsk.c): a packet's addresses go
 * on the completion ring together, when the driver lets go of it. In copy mode on veth that is
 * inside the call; a device may keep it longer, and give packets back in another order.
 */
export class Completions {
  readonly ring: ProducerRing;
  readonly #device: NetDevice;
  readonly #onCompleted: () => void;
  readonly #inFlight: InFlight[] = [];
  /** No completion is written after the rings are gone. */
  #closed = false;

  constructor(ring: ProducerRing, device: NetDevice, onCompleted: () => void) {
    this.ring = ring;
    this.#device = device;
    this.#onCompleted = onCompleted;
  }

  /** Packets that were sent and not completed. */
  get inFlight(): number {
    return this.#inFlight.length;
  }

  /** The packet of `count` addresses has left the socket. Their slots are reserved. */
  sent(addresses: Int32Array, count: number): void {
    const { completionDelayNs } = this.#device;
    if (completionDelayNs === 0) {
      this.now(addresses, count);
      return;
    }
    this.#inFlight.push(Array.from(addresses.subarray(0, 2 * count)));
    this.#device.kernel.scheduler.after(completionDelayNs, () => this.#completeOne());
  }

  /** Completes without the device: what was never sent, or is invalid. */
  now(addresses: Int32Array, count: number): void {
    for (let i = 0; i < 2 * count; i += 2) {
      this.ring.submitAddress(addresses[i]!, addresses[i + 1]!);
    }
  }

  close(): void {
    this.#closed = true;
  }

  #completeOne(): void {
    const { kernel, shuffleCompletions } = this.#device;
    const index = shuffleCompletions ? Math.floor(kernel.random() * this.#inFlight.length) : 0;
    const [addresses] = this.#inFlight.splice(index, 1);
    if (this.#closed || addresses === undefined) return;
    for (let i = 0; i < addresses.length; i += 2) {
      this.ring.submitAddress(addresses[i]!, addresses[i + 1]!);
    }
    this.#onCompleted();
  }
}
