import type { Memory } from './memory.js';

export interface UmemOptions {
  /** Bytes per chunk: a power of two from 2048 to the page size, unless `unaligned`. */
  readonly chunkSize: number;
  /** Bytes kept free in front of the packet, after the kernel's own 256. */
  readonly frameHeadroom: number;
  /** Chunks may start anywhere (`XDP_UMEM_UNALIGNED_CHUNK_FLAG`). */
  readonly unaligned: boolean;
  /**
   * Bytes kept in front of every packet to send, for what the kernel is asked to do with it
   * (`tx_metadata_len`, Linux 6.11): 0 (default), or a multiple of 8 below 256.
   */
  readonly txMetadataLength?: number | undefined;
  /**
   * The kernel computes the checksums that it is asked for itself, before the driver sees the
   * packet (`XDP_UMEM_TX_SW_CSUM`, Linux 6.8). Counts in copy mode only. Default false.
   */
  readonly txSoftwareChecksum?: boolean | undefined;
}

/** Memory registered with the kernel (`XDP_UMEM_REG`): a group of queues may share it. */
export interface UmemRegistration {
  readonly memory: Memory;
  readonly chunkSize: number;
  readonly frameHeadroom: number;
  readonly unaligned: boolean;
  readonly txMetadataLength: number;
  readonly txSoftwareChecksum: boolean;
  /** Closes the queues opened on it first. Idempotent. */
  close(): void;
}
