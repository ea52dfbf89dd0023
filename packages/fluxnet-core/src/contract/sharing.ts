import type { Memory } from './memory.js';
import type { Program } from './program.js';
import type { Queue } from './queue.js';
import type { Socket } from './socket.js';
import type { UmemRegistration } from './umem.js';

/** What can be handed to another isolate or process. */
export type Shareable = Memory | UmemRegistration | Queue | Socket | Program;

/**
 * An object in a form that can be cloned to a worker as it is, or sent to another process with
 * its descriptors passed over a Unix socket (`SCM_RIGHTS`) and `fds` rewritten on arrival.
 */
export interface Exported {
  readonly kind: 'memory' | 'umem' | 'queue' | 'socket' | 'program';
  /** Borrowed from the exporting object: valid until it is closed, unless passed on. */
  readonly fds: readonly number[];
  /** Sizes and modes that cannot be read back from the descriptors. */
  readonly facts: Readonly<Record<string, number | string | boolean>>;
}
