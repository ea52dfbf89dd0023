import type { Queue } from './queue.js';
import type { RingRegion } from './ring.js';

export interface SocketOptions {
  /** Entries of the RX ring, a power of two; 0 for a socket that only sends. */
  readonly rxRingSize: number;
  /** Entries of the TX ring, a power of two; 0 for a socket that only receives. */
  readonly txRingSize: number;
}

export type CopyMode = 'auto' | 'copy' | 'zerocopy';

/** Bind flags. They count for the first socket of a group; the others inherit them. */
export interface BindOptions {
  readonly copyMode: CopyMode;
  /** `XDP_USE_NEED_WAKEUP` */
  readonly needWakeup: boolean;
  /** `XDP_USE_SG`: receive packets larger than a chunk as several descriptors. */
  readonly multiBuffer: boolean;
}

/** `XDP_STATISTICS`: monotonic, per socket, except `rxFillRingEmptyDescs` (per queue). */
export interface SocketStatistics {
  readonly rxDropped: number;
  readonly rxInvalidDescs: number;
  readonly txInvalidDescs: number;
  readonly rxRingFull: number;
  readonly rxFillRingEmptyDescs: number;
  readonly txRingEmptyDescs: number;
}

/** What to wait for. `writable` means that at most half of the TX ring is in use. */
export interface Readiness {
  readonly readable: boolean;
  readonly writable: boolean;
}

/**
 * A socket bound to a queue. The numeric system calls never throw: they return 0 or a negative
 * errno of Linux, so that the data path can act on it without allocation (`errno` lists them).
 * On a closed socket they return `-EBADF`.
 */
export interface Socket {
  readonly queue: Queue;
  readonly rx: RingRegion | undefined;
  readonly tx: RingRegion | undefined;

  /**
   * Binds to the queue. After a failure the socket is as before and may be bound again: the
   * kernel releases queues late, so EBUSY shortly after a close goes away (callers retry).
   * @throws {FluxError} `FLUX_QUEUE_BUSY`, `FLUX_QUEUE_OUT_OF_RANGE`, `FLUX_UNSUPPORTED`, …
   */
  bind(options: BindOptions): void;

  /**
   * `sendto`: makes the kernel transmit. 0, or -EAGAIN (budget or completion ring used up: take
   * completions, kick again), -EBUSY (one packet dropped by the device, completed), -ENOBUFS,
   * -ENETDOWN (interface down), -ENXIO (interface gone).
   */
  kick(): number;

  /** `recvfrom`: wakes a driver that ran out of fill entries. 0 or a negative errno. */
  wakeRx(): number;

  /**
   * Calls `listener` once, from the event loop, when the socket is ready. One-shot, because a
   * level-triggered wait on a paused consumer spins. Replaces a watch that is still pending.
   * TX must be flushed before: the kernel transmits inside poll and swallows the error.
   */
  watch(interest: Readiness, listener: () => void): void;

  /** Forgets a pending watch; its listener is not called. */
  unwatch(): void;

  statistics(): SocketStatistics;

  /** The bound mode: true when the kernel uses zero-copy (`XDP_OPTIONS`). */
  readonly zeroCopy: boolean;

  /** `SO_ERROR`: 0 or a negative errno, cleared by reading. -ENETDOWN: the interface is gone. */
  socketError(): number;

  /** Socket options of Linux that take an integer, by level and name. 0 or a negative errno. */
  setOption(level: number, name: number, value: number): number;

  /** The option's value, or a negative errno. */
  getOption(level: number, name: number): number;

  /**
   * Detaches and unmaps the rings. The first socket of a queue stays in the kernel, bound, until
   * the queue is closed (net/xdp/xsk.c ties the queue to it). Idempotent.
   */
  close(): void;
}
