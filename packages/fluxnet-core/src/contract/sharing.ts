import type { Memory } from './memory.js';
import type { Program } from './program.js';
import type { Queue } from './queue.js';
import type { Socket } from './socket.js';
import type { UmemRegistration } from './umem.js';

/** What can be handed to another isolate or process. */
export type Shareable = Memory | UmemRegistration | Queue | Socket | Program;

export type ShareableKind = 'memory' | 'umem' | 'queue' | 'socket' | 'program';

/** Sizes and modes that cannot be read back from the kernel. */
export type SharedFacts = Readonly<Record<string, number | string | boolean>>;

/** An object for another isolate of this process: can be cloned to a worker as it is. */
export interface ExportedToIsolate {
  readonly kind: ShareableKind;
  /** Names the object in a table of the process; means nothing elsewhere. */
  readonly token: number;
  readonly facts: SharedFacts;
}

/**
 * An object for another process: its descriptors are passed over a Unix socket (`SCM_RIGHTS`),
 * with `fds` rewritten on arrival.
 */
export interface ExportedToProcess {
  readonly kind: ShareableKind;
  /** Borrowed from the exporting object: valid until it is closed, unless passed on. */
  readonly fds: readonly number[];
  readonly facts: SharedFacts;
}

export type Exported = ExportedToIsolate | ExportedToProcess;
