import type { ConsumerRing } from './consumer-ring.js';

/** `XDP_PACKET_HEADROOM`: bytes in front of every packet that belong to the kernel. */
export const XDP_PACKET_HEADROOM = 256;

/**
 * Buffers for received frames (`struct xsk_buff_pool`, net/xdp/xsk_buff_pool.c): the queue's
 * fill ring, and a private list of buffers that were taken but not handed out.
 */
export class BufferPool {
  readonly #fill: ConsumerRing;
  readonly #memorySize: number;
  readonly #chunkSize: number;
  readonly #freeList: number[] = [];
  /** Where packet data starts in a chunk. */
  readonly dataOffset: number;
  /** `xsk_pool_get_rx_frame_size`: the longest frame that fits one buffer. */
  readonly capacity: number;

  constructor(fill: ConsumerRing, memorySize: number, chunkSize: number, headroom: number) {
    this.#fill = fill;
    this.#memorySize = memorySize;
    this.#chunkSize = chunkSize;
    this.dataOffset = headroom + XDP_PACKET_HEADROOM;
    this.capacity = chunkSize - this.dataOffset;
  }

  /** `fq->queue_empty_descs`: shared by every socket of the queue. */
  get fillRingEmptyDescs(): number {
    return this.#fill.emptyDescs;
  }

  /**
   * `xp_alloc`: the base of a chunk, or -1. The private list comes first, newest buffer first.
   * A fill entry is masked down to its chunk; one that lies outside the memory is consumed and
   * skipped, and no counter that user space can read tells of it.
   */
  allocate(): number {
    const retained = this.#freeList.pop();
    if (retained !== undefined) return retained;
    for (;;) {
      const entry = this.#fill.peek();
      if (entry < 0) return -1;
      const low = this.#fill.words[entry]!;
      const high = this.#fill.words[entry + 1]!;
      this.#fill.release();
      const base = (low & -this.#chunkSize) >>> 0;
      if (high === 0 && base < this.#memorySize) return base;
    }
  }

  /** `xp_free`: the buffer stays with the kernel and serves the next frame. */
  free(base: number): void {
    this.#freeList.push(base);
  }

  /** Lets user space see which fill entries were taken. */
  publishFill(): void {
    this.#fill.publish();
  }
}
