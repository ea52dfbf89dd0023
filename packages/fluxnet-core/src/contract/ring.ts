/**
 * Where one ring lies in shared memory, as the kernel reports it (`XDP_MMAP_OFFSETS`).
 *
 * Indices are free-running 32-bit counters; a slot is `index & (size - 1)`. RX and TX entries
 * are 16-byte descriptors `{u64 addr, u32 len, u32 options}`, fill and completion entries are
 * `u64` addresses (Linux `net/xdp/xsk_queue.h`, `include/uapi/linux/if_xdp.h`).
 */
export interface RingRegion {
  /** The mapping. After `close()` it is detached: every view of it has length 0. */
  readonly buffer: ArrayBuffer;
  /** Byte offset of the producer index. */
  readonly producerOffset: number;
  /** Byte offset of the consumer index. */
  readonly consumerOffset: number;
  /** Byte offset of the flags word (bit 0: `XDP_RING_NEED_WAKEUP`). */
  readonly flagsOffset: number;
  /** Byte offset of entry 0. */
  readonly descriptorOffset: number;
  /** Number of entries, a power of two. */
  readonly size: number;
  /**
   * False when another isolate has closed it: `buffer` is not detached then, but no ring any more.
   * Absent where there is one isolate only. Not for every batch.
   */
  readonly isOpen?: (() => boolean) | undefined;
}

/** Bit 0 of a ring's flags word: the kernel sleeps until it is kicked. */
export const RING_NEED_WAKEUP = 1;

/** `options` bit of a descriptor: the packet continues in the next descriptor. */
export const DESC_CONTINUED = 1;

/**
 * `options` bit of a TX descriptor: a request stands in front of the packet (`XDP_TX_METADATA`).
 * `TxRing.setDescriptorWith` sets it, after checking the request.
 */
export const DESC_TX_METADATA = 2;
