import type { Socket } from './socket.js';
import type { Steering, SteeringOptions } from './steering.js';
import type { XdpFunction } from './xdp-function.js';

/** Where an XDP program runs: in the driver, or in the stack for every driver. */
export type AttachMode = 'native' | 'generic';

/**
 * How it is attached: alone, by a `bpf_link` that dies with the process, or beside other programs,
 * as an extension of libxdp's dispatcher, which outlives a killed process.
 */
export type AttachBy = 'link' | 'dispatcher';

/** What the program does. Backends accept the kinds that make sense for them. */
export type ProgramSource =
  /** Frames of queue *q* go to the socket set for *q*, and to the host where none is set. */
  | { readonly kind: 'redirect' }
  /** A program of yours, compiled by clang for the target `bpf`. */
  | {
      readonly kind: 'object';
      /** The ELF file; copied. */
      readonly bytes: Uint8Array;
      /** The XDP program's name; needed where the file has several. */
      readonly program?: string | undefined;
      /** The XSKMAP's name; needed where the file has several. Grows to `maxQueues` entries. */
      readonly socketMap?: string | undefined;
    }
  /** A loaded program, pinned in bpffs. It stays pinned. */
  | {
      readonly kind: 'pinned';
      readonly path: string;
      /** The pinned XSKMAP; found among the program's maps where left out (CAP_SYS_ADMIN). */
      readonly socketMapPath?: string | undefined;
    }
  /** A loaded program's descriptor. It is duplicated; the caller's stays open, and his. */
  | {
      readonly kind: 'fd';
      readonly fd: number;
      /** The XSKMAP's; found among the program's maps where left out (CAP_SYS_ADMIN). */
      readonly socketMapFd?: number | undefined;
    }
  /** Rules and prefix sets decide per packet: to the socket of its queue, to the host, dropped. */
  | ({ readonly kind: 'steering' } & SteeringOptions)
  /** A function that plays the program. Only a simulated kernel can run it. */
  | {
      readonly kind: 'function';
      readonly run: XdpFunction;
      /** Does it take packets of several buffers (`xdp.frags`)? Default true. */
      readonly multiBuffer?: boolean | undefined;
    };

/** What to attach, before an interface is named: a user's choice. */
export interface ProgramOptions {
  readonly ifname: string;
  /** `auto` tries native, then generic where driver or settings do not allow native. */
  readonly attachMode: AttachMode | 'auto';
  /** Default `link`. `dispatcher` is for programs that are not loaded yet. */
  readonly attachBy?: AttachBy | undefined;
  /** Entries that the socket map needs: queue ids 0 to `maxQueues - 1`, 1 to 65536. */
  readonly maxQueues: number;
  readonly source: ProgramSource;
}

/**
 * Counted by the redirect program itself, over all CPUs; monotonic since it was loaded. Other
 * programs do not count, or not that we knew: then both are undefined.
 */
export interface ProgramCounters {
  /** Frames redirected to a socket (the socket may still drop them, see its statistics). */
  readonly redirected: number | undefined;
  /** Frames passed to the host because no socket was set for their queue. */
  readonly passed: number | undefined;
}

/** An attached XDP program with its socket map (XSKMAP). */
export interface Program {
  readonly ifname: string;
  readonly ifindex: number;
  /** The kernel's program id. */
  readonly id: number;
  readonly attachMode: AttachMode;
  readonly attachBy: AttachBy;
  /**
   * Does it take packets of several buffers (`xdp.frags`, Linux 5.18)? Undefined for a program
   * that was loaded elsewhere, which the kernel does not tell, and behind a dispatcher, which does
   * where all programs behind it do.
   */
  readonly multiBuffer: boolean | undefined;
  /**
   * Puts a socket into a slot of the socket map, until it closes. The redirect program takes the
   * slot of the queue that a frame arrived on, and so does the default; other programs choose,
   * also among sockets that share a queue.
   * @throws {FluxError} `FLUX_QUEUE_OUT_OF_RANGE`, `FLUX_CLOSED`
   */
  setSocket(socket: Socket, slot?: number): void;
  /**
   * Empties a slot: with the redirect program the frames of its queue pass to the host again.
   * @throws {FluxError} `FLUX_QUEUE_OUT_OF_RANGE`, `FLUX_INVALID_OPTION`
   */
  clearSocket(slot: number): void;
  counters(): ProgramCounters;
  /** Of a program of `kind: 'steering'`. */
  readonly steering: Steering | undefined;
  /** Detaches, and unloads what was loaded. Idempotent. */
  close(): void;
}
