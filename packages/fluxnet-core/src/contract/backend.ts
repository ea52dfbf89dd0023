import type { Capabilities } from './capabilities.js';
import type { Clock } from './clock.js';
import type {
  InterfaceAddress,
  InterfaceInfo,
  LinkEvent,
  LinkWatch,
  Neighbour,
  ProgramOwner,
  Route,
} from './interface.js';
import type { Memory, MemoryOptions } from './memory.js';
import type { PollSet } from './poll-set.js';
import type { Program, ProgramOptions } from './program.js';
import type { Queue, QueueOptions } from './queue.js';
import type {
  Exported,
  ExportedToIsolate,
  ExportedToProcess,
  Shareable,
  SpareSockets,
} from './sharing.js';
import type { Socket, SocketOptions } from './socket.js';
import type { Task } from './task.js';
import type { UmemOptions, UmemRegistration } from './umem.js';

/**
 * A kernel: the real one, or the simulated one. It gives memory and a few system calls; rings,
 * frames and everything above are written once, over that memory.
 *
 * A backend passes numbers on as they are and answers as the kernel does; limits are checked
 * above it (`Umem.open`, `Xsk.open`). Objects form a tree (memory, registration, queue, socket)
 * and closing one closes its children first. Opening calls throw {@link FluxError}; on a closed
 * object they throw `FLUX_CLOSED`.
 */
export interface Backend {
  /** Named by the program, never chosen silently. */
  readonly name: 'kernel' | 'simulator';
  readonly clock: Clock;

  capabilities(): Capabilities;

  /** Frames' bytes. Needs no rights. */
  openMemory(options: MemoryOptions): Memory;

  /** Registers memory (`XDP_UMEM_REG`). Needs CAP_NET_RAW and RLIMIT_MEMLOCK. */
  openUmem(memory: Memory, options: UmemOptions): UmemRegistration;

  /** Fill and completion ring for one queue of one interface. */
  openQueue(umem: UmemRegistration, options: QueueOptions): Queue;

  /** RX and TX ring on a queue, not bound yet. */
  openSocket(queue: Queue, options: SocketOptions): Socket;

  /** Loads and attaches a program. Needs CAP_BPF and CAP_NET_ADMIN. */
  openProgram(options: ProgramOptions): Program;

  openPollSet(): PollSet;

  /** Ends a `PollSet.wait` of any thread of this process, by its token. */
  interrupt(token: number): void;

  /**
   * Starts a worker as a task of this isolate, in a turn of its own. Present where workers are
   * cooperative (the simulator), so that a run can be repeated; elsewhere they are threads. A task
   * must not block: it awaits `clock` and `Socket.watch`, and does not use `PollSet.wait`.
   */
  spawn?(name: string, run: (signal: AbortSignal) => Promise<void>): Task;

  /** @throws {FluxError} `FLUX_UNKNOWN_INTERFACE` */
  interfaceInfo(ifname: string): InterfaceInfo;

  /**
   * Processes that keep the program of an id, as far as this one may see: all of them as root,
   * else those of the same user. Reads through `/proc`, so not for every packet.
   */
  programOwners(programId: number): readonly ProgramOwner[];

  /** Names of all interfaces, in order of index. */
  interfaces(): readonly string[];

  /** IPv4 and IPv6 addresses. Needs no rights. @throws {FluxError} `FLUX_UNKNOWN_INTERFACE` */
  addresses(ifname: string): readonly InterfaceAddress[];

  /** ARP and NDP entries. Needs no rights. @throws {FluxError} `FLUX_UNKNOWN_INTERFACE` */
  neighbours(ifname: string): readonly Neighbour[];

  /** IPv4 and IPv6 routes of all tables. Needs no rights. */
  routes(): readonly Route[];

  /**
   * Calls the listener for every change of every interface of the network namespace, until it is
   * closed. It is called from the event loop, never inside another call, and must not throw. Keeps
   * the process alive. Needs no rights. Present where `features['link-events']` holds.
   */
  watchLinks?(listener: (event: LinkEvent) => void): LinkWatch;

  /**
   * Sockets for another process. Needs CAP_NET_RAW. Present where `features.processes` holds.
   * @param count 1 to 253
   */
  openSpareSockets?(count: number): SpareSockets;

  /**
   * `isolate`: present where `features.sharing` holds; `process`: where `features.processes` does,
   * together with `importObject`.
   * @throws {FluxError} `FLUX_CLOSED`
   */
  exportObject?(object: Shareable, to: 'isolate'): ExportedToIsolate;
  exportObject?(object: Shareable, to: 'process'): ExportedToProcess;

  /**
   * Opens an exported object in this isolate, and what it was opened on. Needs no rights: tokens
   * and descriptors are the right.
   * @throws {FluxError} `FLUX_CLOSED` when it was closed meanwhile, `FLUX_INVALID_OPTION`
   */
  importObject?(exported: Exported): Shareable;
}
