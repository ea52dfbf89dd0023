import type { RingRegion } from '../contract/ring.js';
import { Ring } from './ring.js';

/** A ring that we fill and the kernel empties: fill and TX. */
export abstract class ProducerRing extends Ring {
  constructor(region: RingRegion) {
    super(region, region.producerOffset >> 2, region.consumerOffset >> 2);
  }

  /**
   * Takes up to `count` free entries, to be written at positions 0 to n - 1 and handed over with
   * `submit`. Ownership of an entry's frame goes to the kernel at `submit`, not here.
   * @returns how many were taken, 0 when the ring is full
   */
  reserve(count: number): number {
    if (!this.usable) return 0;
    const wanted = this.atMost(count);
    let free = (this.cachedPeer + this.size - this.next) | 0;
    if (free < wanted) {
      const inUse = (this.published - this.loadPeer()) | 0;
      // The consumer can be neither ahead of what it was given nor more than a ring behind.
      if (inUse < 0 || inUse > this.size) {
        this.markCorrupt();
        return 0;
      }
      free = (this.cachedPeer + this.size - this.next) | 0;
    }
    const taken = Math.min(free, wanted);
    this.first = this.next;
    this.next = (this.next + taken) | 0;
    return taken;
  }

  /**
   * Hands the oldest `count` reserved entries to the kernel.
   * @throws {RangeError} when fewer are reserved
   */
  submit(count: number): void {
    const reserved = (this.next - this.published) | 0;
    if (!(count >= 0 && count <= reserved)) {
      throw new RangeError(`submit(${count}): ${reserved} entries are reserved`);
    }
    this.publish((this.published + count) | 0);
  }

  /**
   * Gives the newest `count` reserved entries back unwritten.
   * @throws {RangeError} when fewer are reserved
   */
  cancel(count: number): void {
    const reserved = (this.next - this.published) | 0;
    if (!(count >= 0 && count <= reserved)) {
      throw new RangeError(`cancel(${count}): ${reserved} entries are reserved`);
    }
    this.next = (this.next - count) | 0;
  }

  /** Entries that the kernel has not consumed yet, by its visible index, which may lag. */
  get pending(): number {
    return this.usable ? (this.published - this.loadPeer()) | 0 : 0;
  }
}
