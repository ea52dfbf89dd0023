import type { Backend } from '../contract/backend.js';
import type { AttachMode, ProgramSource } from '../contract/program.js';
import type { Outcome } from './outcome.js';
import type { TestProgram } from './programs.js';
import type { RightsProbe } from './rights-probes.js';

/** Abilities beyond the contract that some cases need and some backends lack. */
export type Need =
  /** `Machine.source` for all programs but `redirect`. */
  | 'programs'
  /** `BindOptions.multiBuffer`. */
  | 'multi-buffer'
  /** `UmemOptions.unaligned`. */
  | 'unaligned'
  /** `UmemOptions.txMetadataLength`. */
  | 'tx-metadata'
  /** `Machine.withRights`. */
  | 'rights'
  /** `Machine.addPlainInterface`. */
  | 'plain-interface'
  /** `Machine.inUserNamespace`. */
  | 'user-namespace'
  /** `Machine.killHolder`. */
  | 'processes'
  /** `Machine.setQueueCount`. */
  | 'queue-counts'
  /** `Machine.failCalls`. */
  | 'faults'
  /** `Machine.hostStack`. */
  | 'host-stack'
  /** Programs that make a packet of several buffers longer. */
  | 'grow-multi-buffer';

/**
 * A backend with what the cases need around it. `start` is called for each case, so that none
 * sees what another left behind.
 */
export interface ComplianceEnvironment {
  /** The column of the table: `veth-SKB`, `sim-C`, … */
  readonly name: string;
  /** Where programs run: what the kernel's own tests call SKB (generic) and DRV (native). */
  readonly attachMode: AttachMode;
  /** What it lacks, each with the reason; cases that need it are not applicable. */
  readonly lacks: Readonly<Partial<Record<Need, string>>>;
  start(): Machine;
}

/**
 * How invalid TX descriptors are treated: not completed (A: Linux 6.6 to 6.18.36; B: the same,
 * without A's spurious completions), or all completed (C: from 6.18.44).
 */
export type TxGeneration = 'A' | 'B' | 'C';

/** One machine with a kernel, real or simulated. */
export interface Machine {
  readonly backend: Backend;
  readonly generation: TxGeneration;
  /** Makes a veth pair, both ends up, nobody else on the wire. */
  addPair(options: PairOptions): Pair;
  /** An interface whose driver has no native XDP. */
  addPlainInterface?(): string;
  /** Lets time pass until the work is done: virtual time does not pass by itself. */
  complete<T>(work: Promise<T>): Promise<T>;
  /** The program as this backend takes it. */
  source(program: TestProgram): ProgramSource;
  /** Runs a probe as a process with these rights only. */
  withRights?(rights: Rights, probe: RightsProbe, ifname: string): Outcome;
  /** Runs a probe as a user without rights, in a user and network namespace of its own. */
  inUserNamespace?(probe: RightsProbe, ifname: string): Outcome;
  /** Another process opens a port with a program on queue 0, and is killed. */
  killHolder?(ifname: string): Promise<void>;
  /** `ethtool -L`. @returns whether it was accepted */
  setQueueCount?(ifname: string, queueCount: number): boolean;
  /** Makes the next calls fail, whatever they would have done. */
  failCalls?(call: FailingCall, errno: number, times: number): void;
  /** The host stack on an interface, with an address, and a neighbour at the far end. */
  hostStack?(ifname: string): HostStack;
  /** The end of the case: removes the interfaces. @throws when something was left open */
  end(): void;
}

export interface PairOptions {
  /** Queues of both ends. Default 1. */
  readonly queueCount?: number;
  /** Queues of the end `b`, where they differ. */
  readonly peerQueueCount?: number;
  /** Of both ends. Default 1500. */
  readonly mtu?: number;
}

/** Calls that can be made to fail. */
export type FailingCall = 'openUmem' | 'openSocket' | 'bind' | 'kick';

/** Traffic of the host itself. */
export interface HostStack {
  /** Sends a datagram to the far end. */
  sendUdp(payload: Uint8Array): Promise<void>;
  /** `ethtool -K <interface> tx off`. */
  disableTxChecksum(): void;
  close(): void;
}

/** Two interfaces with a wire between them: queue *n* leads to queue *n*. */
export interface Pair {
  readonly a: string;
  readonly b: string;
  setUp(ifname: string, up: boolean): void;
  setMtu(mtu: number): void;
  /** Removes both ends. */
  remove(): void;
}

/** Linux capabilities without `CAP_`, and limits, of a process that is not root. */
export interface Rights {
  readonly capabilities: readonly ('net_raw' | 'net_admin' | 'bpf' | 'ipc_lock')[];
  /** RLIMIT_MEMLOCK in bytes; the machine's, enough for a probe, when left out. */
  readonly memlock?: number;
}
