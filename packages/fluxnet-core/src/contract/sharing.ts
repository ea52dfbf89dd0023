import type { Memory } from './memory.js';
import type { Program } from './program.js';
import type { Queue } from './queue.js';
import type { Socket } from './socket.js';
import type { UmemRegistration } from './umem.js';

/** What can be handed to another isolate or process. */
export type Shareable = Memory | UmemRegistration | Queue | Socket | Program | SpareSockets;

export type ShareableKind = keyof ShareableByKind;

export interface ShareableByKind {
  readonly memory: Memory;
  readonly umem: UmemRegistration;
  readonly queue: Queue;
  readonly socket: Socket;
  readonly program: Program;
  readonly sockets: SpareSockets;
}

/**
 * Sockets that nothing was done with yet, opened by a process that may (CAP_NET_RAW) for one that
 * may not. In the process that imports them, opening registrations, queues and sockets takes from
 * them, as long as there are any.
 */
export interface SpareSockets {
  /** How many are left. */
  readonly count: number;
  /** Closes those that were not used. Idempotent. */
  close(): void;
}

/** Sizes and modes that cannot be read back from the kernel. */
export type SharedFacts = Readonly<Record<string, number | string | boolean>>;

/**
 * An object for another isolate of this process: can be cloned to a worker as it is, with
 * `postMessage` or as `workerData`. It says which object is meant and keeps nothing open.
 *
 * The isolate that opened an object owns it. `close()` there, or the end of that isolate, closes
 * it for all, at once, whatever the others are doing with it; `close()` elsewhere gives up what
 * that isolate has of it. In one isolate a token is one object, however often it is imported.
 */
export interface ExportedToIsolate {
  readonly kind: ShareableKind;
  /** Names the object in a table of the process; never used again, means nothing elsewhere. */
  readonly token: number;
  readonly facts: SharedFacts;
  /** What it was opened on: the queue of a socket, and so on. */
  readonly parent?: ExportedToIsolate | undefined;
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
