import type { RingRegion } from 'fluxnet-core';

/**
 * The kernel's side of a ring that it produces: RX and completion (`xskq_prod_*`,
 * net/xdp/xsk_queue.h). Slots are reserved first and become visible on submit.
 */
export class ProducerRing {
  readonly #words: Int32Array;
  readonly #producerWord: number;
  readonly #consumerWord: number;
  readonly #entryWord: number;
  readonly #size: number;
  #cachedProd: number;
  #cachedCons: number;

  constructor(region: RingRegion) {
    this.#words = new Int32Array(region.buffer);
    this.#producerWord = region.producerOffset >> 2;
    this.#consumerWord = region.consumerOffset >> 2;
    this.#entryWord = region.descriptorOffset >> 2;
    this.#size = region.size;
    this.#cachedProd = this.#words[this.#producerWord]!;
    this.#cachedCons = this.#cachedProd;
  }

  /** `xskq_prod_reserve`: takes a slot, or says that the ring is full. */
  reserve(): boolean {
    if (this.#free() === 0) {
      this.#cachedCons = this.#words[this.#consumerWord]!;
      if (this.#free() === 0) return false;
    }
    this.#cachedProd = (this.#cachedProd + 1) | 0;
    return true;
  }

  /** `xskq_prod_cancel_n`: gives reserved slots back. */
  cancel(count: number): void {
    this.#cachedProd = (this.#cachedProd - count) | 0;
  }

  /** `xskq_prod_nb_free`: are there `count` free slots? */
  hasRoom(count: number): boolean {
    if (this.#free() >= count) return true;
    this.#cachedCons = this.#words[this.#consumerWord]!;
    return this.#free() >= count;
  }

  /** `xskq_prod_reserve_desc`: a descriptor, visible after `submit`. False when full. */
  reserveDescriptor(low: number, high: number, len: number, options: number): boolean {
    const index = this.#cachedProd;
    if (!this.reserve()) return false;
    const word = this.#entryWord + (index & (this.#size - 1)) * 4;
    this.#words[word] = low;
    this.#words[word + 1] = high;
    this.#words[word + 2] = len;
    this.#words[word + 3] = options;
    return true;
  }

  /** `xskq_prod_submit`: makes everything reserved visible. */
  submit(): void {
    this.#words[this.#producerWord] = this.#cachedProd;
  }

  /**
   * `xskq_prod_submit_addr`: fills the oldest reserved slot and makes it visible. Completions
   * arrive in the order of the frames' ends, not of their reservations, so the slot is taken
   * from the shared producer index.
   */
  submitAddress(low: number, high: number): void {
    const index = this.#words[this.#producerWord]!;
    const word = this.#entryWord + (index & (this.#size - 1)) * 2;
    this.#words[word] = low;
    this.#words[word + 1] = high;
    this.#words[this.#producerWord] = (index + 1) | 0;
  }

  /** `xskq_prod_is_empty`, from shared memory: has user space taken everything? */
  isEmpty(): boolean {
    return this.#words[this.#producerWord] === this.#words[this.#consumerWord];
  }

  /** The kernel's position. */
  get produced(): number {
    return this.#cachedProd;
  }

  /** Shows only what was produced up to an earlier position: late, but in order. */
  submitUpTo(produced: number): void {
    this.#words[this.#producerWord] = produced;
  }

  /** Unsigned, so a consumer beyond the producer only looks like more room. */
  #free(): number {
    return (this.#size - (this.#cachedProd - this.#cachedCons)) >>> 0;
  }
}
