import { checkRings } from '../datapath/check-rings.js';
import type { PacketLoop } from '../datapath/packet-loop.js';
import type { WaitSource } from '../polling/waits.js';
import type { HeldPackets } from './held-packets.js';

/** What the two halves of a system share: the loop with its one batch, and who holds packets. */
export class SystemParts implements WaitSource {
  readonly loop: PacketLoop;
  readonly held: HeldPackets;
  #next = 0;

  constructor(loop: PacketLoop, held: HeldPackets) {
    this.loop = loop;
    this.held = held;
  }

  /**
   * Carries out what was decided about the batch, as far as there is room. What has none goes on
   * waiting with `txFull: 'block'`, and no batch is received meanwhile.
   */
  release(): boolean {
    const settled = this.loop.settle();
    if (!settled) this.loop.collect();
    this.flush();
    return settled || this.loop.settle();
  }

  /** The next batch of any queue, each in its turn. False when there is none. */
  receive(): boolean {
    const { loop } = this;
    const { queues } = loop;
    if (!this.release()) return false;
    for (let i = 0; i < queues.length; i++) {
      const queue = queues[this.#next]!;
      this.#next = (this.#next + 1) % queues.length;
      loop.receive(queue);
      if (loop.source !== undefined) return true;
    }
    checkRings(queues);
    return false;
  }

  flush(): void {
    this.loop.flush();
  }

  get sending(): boolean {
    return this.loop.sending;
  }

  /** Between batches: one whose packets have found no room yet. */
  get blocked(): boolean {
    return this.loop.source !== undefined;
  }

  get congested(): boolean {
    return this.loop.queues.some(({ parts: { tx } }) => tx.pending > tx.size / 2);
  }
}
