import type { RingRegion } from '../contract/ring.js';
import { RING_NEED_WAKEUP } from '../contract/ring.js';

/** A ring's indices, unsigned as the kernel has them. */
export interface RingState {
  readonly size: number;
  /** Our index as the kernel sees it, and the kernel's as it is now. */
  readonly own: number;
  readonly peer: number;
  /** The kernel's index as we saw it last. */
  readonly cachedPeer: number;
  /** Our cursor: ahead of `own` by what is reserved or peeked at. */
  readonly next: number;
  readonly needsWakeup: boolean;
  readonly corrupt: boolean;
  readonly detached: boolean;
}

/**
 * What the four rings have in common: two free-running 32-bit indices, one written by us and one
 * by the kernel. They are signed here (`Int32Array`, `| 0`), because differences are the same
 * modulo 2^32 and unsigned words leave V8's small-integer range after 2^31 packets.
 *
 *      consumer            producer
 *         v                   v
 *   . . . x x x x x x x x x x . . .      size = 16, in use = producer - consumer
 *
 * Ordering: the producer writes entries, then stores its index (release); the consumer loads that
 * index (acquire), then reads entries. `Atomics` gives both, once per batch: `xchg` and `mov` on
 * x64, `stlr` and `ldar` on arm64. It pairs with `smp_store_release` and `smp_load_acquire` in
 * net/xdp/xsk_queue.h.
 */
export abstract class Ring {
  readonly size: number;
  /** Every 32-bit word of the mapping. */
  protected readonly words: Int32Array;
  protected readonly mask: number;
  /** Index into `words` of entry 0. */
  protected readonly base: number;
  /** Our cursor: the next entry to reserve or to peek at. Ahead of what is published. */
  protected next: number;
  /** The first entry of the latest reservation or peek; entries are addressed from here. */
  protected first: number;
  /** Our index as the kernel sees it. */
  protected published: number;
  /** The kernel's index as we saw it last; refreshed only when it says that nothing is left. */
  protected cachedPeer: number;
  private readonly flagsIndex: number;
  readonly #isOpen: () => boolean;
  #broken = false;

  protected constructor(
    region: RingRegion,
    private readonly ownIndex: number,
    private readonly peerIndex: number,
  ) {
    this.#isOpen = region.isOpen ?? alwaysOpen;
    this.size = region.size;
    this.mask = region.size - 1;
    this.words = new Int32Array(region.buffer);
    this.base = region.descriptorOffset >> 2;
    this.flagsIndex = region.flagsOffset >> 2;
    this.published = Atomics.load(this.words, ownIndex);
    this.next = this.published;
    this.first = this.published;
    this.cachedPeer = Atomics.load(this.words, peerIndex);
  }

  /** The indices broke `0 <= producer - consumer <= size`: the ring gives nothing any more. */
  get corrupt(): boolean {
    return this.#broken && this.#isOpen();
  }

  /** Does the kernel want a system call before it goes on? (`XDP_RING_NEED_WAKEUP`) */
  get needsWakeup(): boolean {
    return this.usable && (Atomics.load(this.words, this.flagsIndex) & RING_NEED_WAKEUP) !== 0;
  }

  /** Every index, as it is now. For people, not for the hot path. */
  inspect(): RingState {
    const usable = !this.detached;
    const load = (index: number) => (usable ? Atomics.load(this.words, index) >>> 0 : 0);
    return {
      size: this.size,
      own: load(this.ownIndex),
      peer: load(this.peerIndex),
      cachedPeer: this.cachedPeer >>> 0,
      next: this.next >>> 0,
      needsWakeup: this.needsWakeup,
      corrupt: this.corrupt,
      detached: this.detached,
    };
  }

  /**
   * The mapping is gone, because the socket, its queue or its memory was closed. Where another
   * isolate did that there is an empty mapping in its place, which may look like a corrupt ring.
   */
  get detached(): boolean {
    return this.words.length === 0 || !this.#isOpen();
  }

  /** Everything that touches the mapping asks first: `Atomics` throws on a detached buffer. */
  protected get usable(): boolean {
    return this.words.length !== 0 && !this.#broken;
  }

  /** The kernel's index now. Only while `usable`. */
  protected loadPeer(): number {
    this.cachedPeer = Atomics.load(this.words, this.peerIndex);
    return this.cachedPeer;
  }

  /** Makes our index visible, after everything that was written or read before it. */
  protected publish(index: number): void {
    this.published = index;
    if (this.usable) Atomics.store(this.words, this.ownIndex, index);
  }

  /** A count as callers may give it: NaN, fractions and what exceeds the ring do no harm. */
  protected atMost(count: number): number {
    return Math.max(0, Math.min(count, this.size) | 0);
  }

  protected markCorrupt(): void {
    this.#broken = true;
  }
}

const alwaysOpen = (): boolean => true;
