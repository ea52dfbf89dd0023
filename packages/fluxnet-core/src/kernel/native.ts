import type { AttachedProgram } from '../contract/interface.js';
import type { Pages } from '../contract/memory.js';
import type { RingRegion } from '../contract/ring.js';
import type { SocketStatistics } from '../contract/socket.js';

/**
 * The addon's exports; each class is one file in `native/src`. Numbers go to the kernel as is.
 * There are no accessors: V8 checks the receiver of a method, but not that of a getter.
 */
export interface Native {
  readonly Memory: Importable<NativeMemory> & {
    new (size: number, pages: Pages, numaNode: number): NativeMemory;
    new (size: undefined, fd: number): NativeMemory;
  };
  readonly Umem: Importable<NativeUmem> & {
    new (
      memory: NativeMemory,
      chunkSize: number,
      headroom: number,
      flags: number,
      txMetadataLength: number,
      adopted?: boolean,
    ): NativeUmem;
  };
  readonly Queue: Importable<NativeQueue> & {
    new (
      umem: NativeUmem,
      ifindex: number,
      queueId: number,
      fillRingSize: number,
      completionRingSize: number,
      fd?: number,
      bound?: boolean,
      registered?: boolean,
      ownerFree?: boolean,
    ): NativeQueue;
  };
  readonly Socket: Importable<NativeSocket> & {
    new (
      queue: NativeQueue,
      rxSize: number,
      txSize: number,
      fd?: number,
      bound?: boolean,
    ): NativeSocket;
  };
  readonly SpareSockets: new (countOrFds: number | readonly number[]) => NativeSpareSockets;
  socketsInStock(): number;
  /** 0, or a negative errno. */
  setXskOption(fd: number, level: number, name: number, value: number): number;
  readonly FdChannel: new (pathOrFd: string | number) => NativeFdChannel;
  /** Two descriptors of the caller. */
  channelPair(): [number, number];
  readonly FdListener: new (path: string, mode: number) => NativeFdListener;
  /** 0, or a negative errno. */
  pinThread(cpu: number): number;
  allowedCpus(): number[];
  setThreadName(name: string): void;
  setNoNewPrivileges(): void;
  /** Was the bounding set emptied too? */
  dropCapabilities(): boolean;
  threadId(): number;
  readonly BpfMap: new (fd: number) => NativeBpfMap;
  /** Returns the verdict and nanoseconds per run. */
  testProgram(programFd: number, packet: Uint8Array, repeat: number): [number, number];
  readonly XdpObject: new (file: Uint8Array | 'redirect' | 'steering') => NativeXdpObject;
  readonly Program: Importable<NativeProgram> & {
    new (
      programFd: number | undefined,
      socketsFd: number,
      countersFd: number | undefined,
    ): NativeProgram;
  };
  readonly DispatcherLink: new (
    object: NativeXdpObject,
    ifindex: number,
    generic: boolean,
  ) => NativeDispatcherLink;
  readonly PollSet: new () => NativePollSet;
  interrupt(token: number): void;
  /** Does an object of this process keep the queue busy, in whatever isolate, or a mapping? */
  queueHolder(ifindex: number, queueId: number): 'object' | 'mapping' | 'elsewhere';
  readonly NetlinkSocket: new (protocol: number, group: number) => NativeNetlinkSocket;
  ethtool(ifname: string): NativeEthtool;
  /** What can be read of a program on an interface; undefined fields where rights are missing. */
  programFacts(ifindex: number, id: number): Omit<AttachedProgram, 'id' | 'mode'>;
  bpfFacts(fd: number): BpfFacts;
  /** A descriptor, to be closed by the caller, as the next. */
  openPinned(path: string): number;
  openMap(id: number): number;
  isBpffs(path: string): boolean;
  /** A negative errno, or 0. */
  extensionsRefused(): number;
}

/** A class whose objects can be imported from another isolate, by their token. */
export type Importable<T> = new (token: number) => T;

export interface NativeNetlinkSocket extends NativeCloseable {
  /** 0, or a negative errno. */
  send(bytes: Uint8Array): number;
  /** A datagram, or a negative errno: EAGAIN when there is none. */
  receive(): Uint8Array | number;
  /** One-shot. */
  watch(listener: () => void): void;
}

/** What the driver does not answer is undefined. */
export interface NativeEthtool {
  readonly driver: string;
  readonly channels:
    | Readonly<Record<'rx' | 'tx' | 'combined' | 'maxRx' | 'maxTx' | 'maxCombined', number>>
    | undefined;
  readonly rings: Readonly<Record<'rx' | 'tx' | 'maxRx' | 'maxTx', number>> | undefined;
  /** Names of `ethtool -k` that are on. */
  readonly activeFeatures: readonly string[] | undefined;
}

export interface NativeCloseable {
  close(): void;
}

/** A socket as another process needs to know it. */
export interface NativeMember {
  readonly fd: number;
  readonly bound: boolean;
}

export interface NativeUmem extends NativeShareable {
  offer(fd: number, bound: boolean): void;
  member(): NativeMember | undefined;
}

export interface NativeSpareSockets extends NativeCloseable {
  fds(): number[];
}

export interface NativeFdChannel extends NativeCloseable {
  peer(): { readonly pid: number; readonly uid: number; readonly gid: number };
  /** 0, or a negative errno. */
  send(bytes: Uint8Array, fds: readonly number[]): number;
  /** A message, or a negative errno: EAGAIN when there is none. No bytes: the end. */
  receive(): NativeMessage | number;
  /** One-shot. */
  watch(readable: boolean, writable: boolean, listener: () => void): void;
  unwatch(): void;
}

export interface NativeMessage {
  readonly bytes: Uint8Array;
  /** To be closed by the caller. */
  readonly fds: number[];
  readonly truncated: boolean;
}

export interface NativeFdListener extends NativeCloseable {
  /** A descriptor of the caller, or a negative errno. */
  accept(): number;
  /** One-shot. */
  watch(listener: () => void): void;
  unwatch(): void;
}

export interface NativeShareable extends NativeCloseable {
  /** The same number whenever it is asked. */
  token(): number;
}

export interface NativeMemory extends NativeShareable {
  buffer(): ArrayBuffer;
  pageSize(): number;
  transparentHugeBytes(): number;
  numaNode(): number | undefined;
  /** Owned by the memory. */
  fd(): number;
  /** The same for every mapping of one file. */
  identity(): string | undefined;
}

export interface NativeQueue extends NativeShareable {
  /** False also where another isolate has closed it. */
  isOpen(): boolean;
  fill(): RingRegion;
  completion(): RingRegion;
  member():
    | (NativeMember & { readonly registered: boolean; readonly ownerFree: boolean })
    | undefined;
}

export interface NativeSocket extends NativeShareable {
  isOpen(): boolean;
  rx(): RingRegion | undefined;
  tx(): RingRegion | undefined;
  bind(queue: NativeQueue, flags: number): void;
  member(): NativeMember | undefined;
  kick(): number;
  wakeRx(): number;
  watch(readable: boolean, writable: boolean, listener: () => void): void;
  unwatch(): void;
  statistics(): SocketStatistics;
  setOption(level: number, name: number, value: number): number;
  getOption(level: number, name: number): number;
}

/** What a descriptor is. */
export type BpfFacts =
  | { readonly kind: 'program'; readonly xdp: boolean; readonly mapIds: readonly number[] }
  | { readonly kind: 'map'; readonly xskmap: boolean; readonly maxEntries: number }
  | { readonly kind: 'other' };

export interface NativeBpfMap extends NativeCloseable {
  update(keys: Uint8Array, values: Uint8Array, count: number): void;
  /** How many of them were there. */
  remove(keys: Uint8Array, count: number): number;
  /** The 64-bit words of entries of a per-CPU array, each summed over all CPUs. */
  sums(first: number, count: number): Float64Array;
  zero(first: number, count: number): void;
  /** 0 or a negative errno, when no program runs any more that may have started before. */
  replace(inner: NativeBpfMap): Promise<number>;
}

export interface NativeXdpObject extends NativeCloseable {
  programs(): { readonly name: string; readonly xdp: boolean; readonly multiBuffer: boolean }[];
  maps(): { readonly name: string; readonly xskmap: boolean; readonly maxEntries: number }[];
  resizeMap(name: string, maxEntries: number): void;
  setConstants(section: string, bytes: Uint8Array): void;
  select(program: string, multiBuffer: boolean): void;
  /** Once. Returns what libbpf said. */
  load(): string;
  programFd(): number;
  mapFd(name: string): number;
}

export interface NativeDispatcherLink extends NativeCloseable {
  /** What libxdp and libbpf said. */
  log(): string;
}

export interface NativeProgram extends NativeShareable {
  id(): number;
  maxQueues(): number;
  attach(ifindex: number, generic: boolean): void;
  setSocket(queueId: number, socket: NativeSocket): void;
  clearSocket(queueId: number): void;
  counter(slot: number): number;
  /** Of the socket map and, where there is one, the counters; owned by the program. */
  mapFds(): number[];
}

export interface NativePollSet extends NativeCloseable {
  token(): number;
  add(socket: NativeSocket, readable: boolean, writable: boolean): number;
  wait(timeoutMs: number): number;
  /** Bit 0: readable, bit 1: writable. */
  ready(index: number): number;
  interrupt(): void;
}
