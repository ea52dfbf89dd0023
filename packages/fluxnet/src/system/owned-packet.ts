import { PacketView } from '../packet/packet-view.js';
import type { HeldPackets } from './held-packets.js';

/**
 * A packet that outlives its batch: it can be kept, changed, passed on and sent later. Its frame
 * is missed by the kernel until it is sent or released, so there may be only so many (`maxHeld`).
 * Afterwards it has no bytes any more: `offset` and `length` are undefined, and nothing takes it.
 */
export class OwnedPacket extends PacketView {
  /** Index of the port that received it, or -1 for one that was made here. */
  readonly port: number;
  readonly #held: HeldPackets;

  /** @internal By `batch.take` and `tx.allocate`. */
  constructor(held: HeldPackets, port: number) {
    super(held.table);
    this.port = port;
    this.#held = held;
  }

  /** Was it sent or released? */
  get released(): boolean {
    return this.index < 0;
  }

  /** Gives its frame back. Idempotent. */
  release(): void {
    if (this.index >= 0) this.#held.release(this.index);
  }

  [Symbol.dispose](): void {
    this.release();
  }
}
