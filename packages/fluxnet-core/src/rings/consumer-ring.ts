import type { RingRegion } from '../contract/ring.js';
import { Ring } from './ring.js';

/** A ring that the kernel fills and we empty: RX and completion. */
export abstract class ConsumerRing extends Ring {
  constructor(region: RingRegion) {
    super(region, region.consumerOffset >> 2, region.producerOffset >> 2);
  }

  /**
   * Looks at up to `count` entries, to be read at positions 0 to n - 1. The frames in them are
   * ours from here on; the slots go back to the kernel with `release`.
   * @returns how many there are, 0 when the ring is empty
   */
  peek(count: number): number {
    if (!this.usable) return 0;
    const wanted = this.atMost(count);
    let available = (this.cachedPeer - this.next) | 0;
    if (available < wanted) {
      available = (this.loadPeer() - this.next) | 0;
      const inUse = (this.cachedPeer - this.published) | 0;
      // The producer can be neither behind us nor more than a ring ahead.
      if (available < 0 || inUse > this.size) {
        this.markCorrupt();
        return 0;
      }
    }
    const seen = Math.min(available, wanted);
    this.first = this.next;
    this.next = (this.next + seen) | 0;
    return seen;
  }

  /**
   * Gives the slots of the oldest `count` peeked entries back to the kernel.
   * @throws {RangeError} when fewer were peeked
   */
  release(count: number): void {
    const peeked = (this.next - this.published) | 0;
    if (!(count >= 0 && count <= peeked)) {
      throw new RangeError(`release(${count}): ${peeked} entries were peeked`);
    }
    this.publish((this.published + count) | 0);
  }

  /**
   * Puts the newest `count` peeked entries back, to be peeked again.
   * @throws {RangeError} when fewer were peeked
   */
  cancel(count: number): void {
    const peeked = (this.next - this.published) | 0;
    if (!(count >= 0 && count <= peeked)) {
      throw new RangeError(`cancel(${count}): ${peeked} entries were peeked`);
    }
    this.next = (this.next - count) | 0;
  }

  /** Entries that wait for us, by the kernel's visible index. */
  get pending(): number {
    return this.usable ? (this.loadPeer() - this.next) | 0 : 0;
  }
}
