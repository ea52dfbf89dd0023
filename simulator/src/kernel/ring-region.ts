import { errno, FluxError, type RingRegion } from 'fluxnet-core';
import { invalidOption } from './failures.js';

/** `struct xdp_ring` on x86-64 (Linux 6.18, net/xdp/xsk_queue.h), as XDP_MMAP_OFFSETS reports. */
export const PRODUCER_OFFSET = 0;
export const CONSUMER_OFFSET = 128;
export const FLAGS_OFFSET = 196;
export const DESCRIPTOR_OFFSET = 320;

/** `struct xdp_desc { u64 addr; u32 len; u32 options }`: RX and TX. */
export const DESCRIPTOR_BYTES = 16;
/** `u64`: fill and completion. */
export const ADDRESS_BYTES = 8;

/** `xsk_init_queue`: the size is a power of two and not 0; there is no upper limit. */
export function createRing(
  path: string,
  size: number,
  entryBytes: number,
  startIndex: number,
): RingRegion {
  if (!(Number.isInteger(size) && size > 0 && size <= 2 ** 31 && (size & (size - 1)) === 0)) {
    throw invalidOption(path, size, 'a power of two', 'setsockopt');
  }
  const buffer = allocate(path, DESCRIPTOR_OFFSET + size * entryBytes);
  const words = new Int32Array(buffer);
  // The kernel starts at 0. Starting elsewhere shows what breaks when the indices wrap.
  words[PRODUCER_OFFSET >> 2] = startIndex | 0;
  words[CONSUMER_OFFSET >> 2] = startIndex | 0;
  return {
    buffer,
    producerOffset: PRODUCER_OFFSET,
    consumerOffset: CONSUMER_OFFSET,
    flagsOffset: FLAGS_OFFSET,
    descriptorOffset: DESCRIPTOR_OFFSET,
    size,
  };
}

/** Zeroed bytes, or the error of `setsockopt` and `mmap` when there are none. */
export function allocate(path: string, byteLength: number): ArrayBuffer {
  try {
    return new ArrayBuffer(byteLength);
  } catch (cause) {
    throw new FluxError('FLUX_NO_MEMORY', `no ${byteLength} bytes for ${path}`, {
      errno: errno.ENOMEM,
      syscall: 'mmap',
      cause,
      context: { path, byteLength },
    });
  }
}
