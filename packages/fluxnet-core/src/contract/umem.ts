import type { Memory } from './memory.js';

export interface UmemOptions {
  /** Bytes per chunk: a power of two from 2048 to the page size, unless `unaligned`. */
  readonly chunkSize: number;
  /** Bytes kept free in front of the packet, after the kernel's own 256. */
  readonly frameHeadroom: number;
  /** Chunks may start anywhere (`XDP_UMEM_UNALIGNED_CHUNK_FLAG`). */
  readonly unaligned: boolean;
}

/** Memory registered with the kernel (`XDP_UMEM_REG`): a group of queues may share it. */
export interface UmemRegistration {
  readonly memory: Memory;
  readonly chunkSize: number;
  readonly frameHeadroom: number;
  readonly unaligned: boolean;
  /** Closes the queues opened on it first. Idempotent. */
  close(): void;
}
