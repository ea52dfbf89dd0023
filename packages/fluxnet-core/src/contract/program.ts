import type { Socket } from './socket.js';

/** Where an XDP program runs: in the driver, or in the stack for every driver. */
export type AttachMode = 'native' | 'generic';

/** What the program does. Backends accept the kinds that make sense for them. */
export type ProgramSource =
  /** Frames of queue *q* go to the socket set for *q*, and to the host where none is set. */
  { readonly kind: 'redirect' };

/** What to attach, before an interface is named: a user's choice. */
export interface ProgramOptions {
  readonly ifname: string;
  /** `auto` tries native, then generic. */
  readonly attachMode: AttachMode | 'auto';
  /** Entries of the socket map: queue ids 0 to `maxQueues - 1`. */
  readonly maxQueues: number;
  readonly source: ProgramSource;
}

/** Counted by the program itself, over all CPUs; monotonic since it was attached. */
export interface ProgramCounters {
  /** Frames redirected to a socket (the socket may still drop them, see its statistics). */
  readonly redirected: number;
  /** Frames passed to the host because no socket was set for their queue. */
  readonly passed: number;
}

/** An attached XDP program with its socket map (XSKMAP). Detaches when the process dies. */
export interface Program {
  readonly ifname: string;
  readonly ifindex: number;
  /** The kernel's program id. */
  readonly id: number;
  readonly attachMode: AttachMode;
  /** Sends the frames of the socket's queue to it. */
  setSocket(socket: Socket): void;
  /** Lets the frames of a queue pass to the host again. */
  clearSocket(queueId: number): void;
  counters(): ProgramCounters;
  /** Detaches and unloads. Idempotent. */
  close(): void;
}
