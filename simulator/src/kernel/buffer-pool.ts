import type { ConsumerRing } from './consumer-ring.js';
import type { SimUmem } from './umem.js';

/** `XDP_PACKET_HEADROOM`: bytes in front of every packet that belong to the kernel. */
export const XDP_PACKET_HEADROOM = 256;
/** Room for `skb_shared_info` behind a zero-copy buffer that is part of a longer packet. */
const FRAGMENT_TAILROOM = 320;
/** Hardware takes lengths in these steps (`xsk_pool_get_rx_frame_size`). */
const HARDWARE_STEP = 128;

/**
 * Buffers for received frames (`struct xsk_buff_pool`, net/xdp/xsk_buff_pool.c): the queue's
 * fill ring, and a private list of buffers that were taken but not handed out.
 */
export class BufferPool {
  readonly #fill: ConsumerRing;
  readonly #umem: SimUmem;
  readonly #freeList: number[] = [];
  /** Where packet data starts in a chunk. */
  readonly dataOffset: number;
  /** The longest frame that fits one buffer, in copy mode. */
  readonly capacity: number;

  constructor(fill: ConsumerRing, umem: SimUmem) {
    this.#fill = fill;
    this.#umem = umem;
    this.dataOffset = umem.frameHeadroom + XDP_PACKET_HEADROOM;
    this.capacity = umem.chunkSize - this.dataOffset;
  }

  /** What a zero-copy driver programs its hardware with (include/net/xdp_sock_drv.h). */
  hardwareCapacity(multiBuffer: boolean): number {
    const tailroom = multiBuffer ? FRAGMENT_TAILROOM : 0;
    return Math.floor((this.capacity - tailroom) / HARDWARE_STEP) * HARDWARE_STEP;
  }

  /** `fq->queue_empty_descs`: shared by every socket of the queue. */
  get fillRingEmptyDescs(): number {
    return this.#fill.emptyDescs;
  }

  /** Buffers that the kernel keeps for itself. */
  get retained(): number {
    return this.#freeList.length;
  }

  /**
   * `xp_alloc`: the base of a chunk, or -1. The private list comes first, newest buffer first.
   * A fill entry is masked down to its chunk, or taken without its upper 16 bits where chunks are
   * unaligned; one that lies outside the memory is consumed and skipped, and no counter that user
   * space can read tells of it.
   */
  allocate(): number {
    const retained = this.#freeList.pop();
    if (retained !== undefined) return retained;
    for (;;) {
      const entry = this.#fill.peek();
      if (entry < 0) return -1;
      const base = this.#baseOf(this.#fill.words[entry]!, this.#fill.words[entry + 1]!);
      this.#fill.release();
      if (base >= 0) return base;
    }
  }

  /** `xp_can_alloc`: counts an empty fill ring once, and does not see that an entry is invalid. */
  canAllocate(count: number): boolean {
    const wanted = count - this.#freeList.length;
    if (wanted <= 0) return true;
    const available = this.#fill.available(wanted);
    if (available === 0) this.#fill.emptyDescs++;
    return available >= wanted;
  }

  /** `xp_free`: the buffer stays with the kernel and serves the next frame. */
  free(base: number): void {
    this.#freeList.push(base);
  }

  /** Lets user space see which fill entries were taken. */
  publishFill(): void {
    this.#fill.publish();
  }

  /** `xp_check_aligned`, `xp_check_unaligned`. */
  #baseOf(low: number, high: number): number {
    const { chunkSize, unaligned, memory } = this.#umem;
    if (unaligned) {
      const base = low >>> 0;
      return (high & 0xffff) === 0 && base + chunkSize <= memory.size ? base : -1;
    }
    const base = (low & -chunkSize) >>> 0;
    return high === 0 && base < memory.size ? base : -1;
  }
}
