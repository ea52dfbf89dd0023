import type { RingRegion } from './ring.js';
import type { UmemRegistration } from './umem.js';

export interface QueueOptions {
  readonly ifname: string;
  /** The interface's queue, 0 to 65535. */
  readonly queueId: number;
  /** Entries, a power of two. */
  readonly fillRingSize: number;
  /** Entries, a power of two. */
  readonly completionRingSize: number;
}

/**
 * One (interface, queue id) with its fill and completion ring. Both rings have a single
 * user-space side, so a queue belongs to one thread; several sockets may share it.
 */
export interface Queue {
  readonly umem: UmemRegistration;
  readonly ifname: string;
  readonly ifindex: number;
  readonly queueId: number;
  readonly fill: RingRegion;
  readonly completion: RingRegion;
  /** Closes the sockets opened on it first. Idempotent. */
  close(): void;
}
