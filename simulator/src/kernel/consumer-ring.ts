import type { RingRegion } from 'fluxnet-core';

/**
 * The kernel's side of a ring that it consumes: fill and TX (`xskq_cons_*`, net/xdp/xsk_queue.h).
 *
 * The kernel's cursors are its own. The words in shared memory are what user space sees of
 * them, and they lag: `cachedCons` is published on `publish` and when the cache runs empty.
 * Indices are 32-bit and wrap; the kernel compares them for equality and checks nothing else,
 * so a producer that moved backwards looks like four billion entries.
 */
export class ConsumerRing {
  readonly words: Int32Array;
  readonly #producerWord: number;
  readonly #consumerWord: number;
  readonly #entryWord: number;
  readonly #entryWords: number;
  readonly #size: number;
  #cachedProd: number;
  #cachedCons: number;
  /** `queue_empty_descs`: how often the kernel looked for an entry and found none. */
  emptyDescs = 0;

  constructor(region: RingRegion, entryBytes: number) {
    this.words = new Int32Array(region.buffer);
    this.#producerWord = region.producerOffset >> 2;
    this.#consumerWord = region.consumerOffset >> 2;
    this.#entryWord = region.descriptorOffset >> 2;
    this.#entryWords = entryBytes >> 2;
    this.#size = region.size;
    this.#cachedProd = this.words[this.#consumerWord]!;
    this.#cachedCons = this.#cachedProd;
  }

  /** The kernel's position: entries before it are consumed, visible or not. */
  get consumed(): number {
    return this.#cachedCons;
  }

  /** Position of the next entry in `words`, or -1 (counted) when there is none. */
  peek(): number {
    if (this.#cachedProd === this.#cachedCons) {
      this.publish();
      this.#cachedProd = this.words[this.#producerWord]!;
    }
    if (this.#cachedProd === this.#cachedCons) {
      this.emptyDescs++;
      return -1;
    }
    return this.#entryWord + (this.#cachedCons & (this.#size - 1)) * this.#entryWords;
  }

  /** `xskq_cons_nb_entries`: how many of `count` are there; nothing is counted. */
  available(count: number): number {
    let entries = (this.#cachedProd - this.#cachedCons) >>> 0;
    if (entries >= count) return count;
    this.publish();
    this.#cachedProd = this.words[this.#producerWord]!;
    entries = (this.#cachedProd - this.#cachedCons) >>> 0;
    return Math.min(entries, count);
  }

  /** Moves past the entry that `peek` returned. */
  release(): void {
    this.#cachedCons = (this.#cachedCons + 1) | 0;
  }

  /** `xskq_cons_cancel_n`: the entries count as not consumed. */
  cancel(count: number): void {
    this.#cachedCons = (this.#cachedCons - count) | 0;
  }

  /** What user space sees of `consumed`. */
  get visible(): number {
    return this.words[this.#consumerWord]!;
  }

  /** Lets user space see how far the kernel is. */
  publish(): void {
    this.words[this.#consumerWord] = this.#cachedCons;
  }

  /** `xskq_cons_present_entries`, from shared memory: what user space could count, too. */
  pending(): number {
    return (this.words[this.#producerWord]! - this.words[this.#consumerWord]!) >>> 0;
  }

  /** `xsk_tx_writeable`: at most half of the ring is in use. */
  isWritable(): boolean {
    return this.pending() <= this.#size >>> 1;
  }
}
