import type { Backend } from './contract/backend.js';
import type { Memory, PagesOption } from './contract/memory.js';
import type { ExportedToIsolate } from './contract/sharing.js';
import type { UmemOptions, UmemRegistration } from './contract/umem.js';
import { errno } from './errno.js';
import { FluxError, isFluxError } from './errors.js';
import { FramePool } from './frame-pool.js';
import {
  checkBoolean,
  checkInteger,
  checkKeys,
  checkOneOf,
  checkPowerOfTwo,
  checkString,
  invalid,
} from './options.js';
import { retryWhile } from './retry.js';
import { TX_METADATA_LENGTH } from './rings/tx-metadata.js';
import { exportObject, importObject } from './sharing.js';

export interface UmemOpenOptions {
  /** Frames, 1 and up; all of them together at most 2 GiB. Default 4096. */
  readonly frameCount?: number;
  /**
   * Bytes per frame: 2048 (default) or 4096; any number between with `unaligned`, where frames
   * begin at even addresses. A packet may have up to `frameSize - 256 - frameHeadroom`.
   */
  readonly frameSize?: number;
  /** Bytes kept free in front of a packet, besides the kernel's 256. 0 to `frameSize - 704`. */
  readonly frameHeadroom?: number;
  /** Frames of any size, that may cross pages. Default false. Zero-copy needs huge pages for it. */
  readonly unaligned?: boolean;
  /**
   * Room for requests in front of packets to send (Linux 6.11): a packet then begins at `txOffset`
   * of its frame or later. Default false; `auto` takes it where the kernel has it.
   */
  readonly txMetadata?: boolean | 'auto';
  /**
   * In copy mode the kernel computes requested checksums before the device sees the packet, for
   * devices that leave them unfinished (veth). Slower than a device that can. Default false.
   */
  readonly txSoftwareChecksum?: boolean;
  /** Default `auto`: the largest that can be had; `umem.memory.pages` says which. */
  readonly pages?: PagesOption;
  /** The NUMA node to take memory from. Default `auto`: that of `ifname`. */
  readonly numaNode?: number | 'auto';
  /** The interface that the memory is for; needed only for `numaNode: 'auto'`. */
  readonly ifname?: string;
}

/** The frames of a registration that are this one's to use. */
export interface UmemAdoptOptions {
  /** Default 0. */
  readonly firstFrame?: number;
  /** Default: all from `firstFrame` on. */
  readonly frameCount?: number;
}

const KEYS = [
  'frameCount',
  'frameSize',
  'frameHeadroom',
  'unaligned',
  'txMetadata',
  'txSoftwareChecksum',
  'pages',
  'numaNode',
  'ifname',
] as const;
const PAGES = ['auto', 'hugetlb2m', 'hugetlb1g', 'thp', '4k'] as const;
const MAX_BYTES = 2 ** 31;
const MIN_FRAME_SIZE = 2048;
/** A page: the kernel takes no larger chunk. */
const MAX_FRAME_SIZE = 4096;
/** MAX_NUMNODES of the largest configurations. */
const MAX_NODE = 1023;
/** XDP_PACKET_HEADROOM: the kernel keeps it free in front of every received packet. */
const KERNEL_HEADROOM = 256;
/**
 * Tail room for `skb_shared_info`, and the least that must be left for a packet (xdp_umem_reg,
 * net/xdp/xdp_umem.c). Kernels before that check allow more headroom than can work.
 */
const KERNEL_TAILROOM = 320 + 128;

/** A registration for another isolate of this process; can be cloned to a worker as it is. */
export interface ExportedUmem {
  readonly registration: ExportedToIsolate;
  readonly firstFrame: number;
  readonly frameCount: number;
}

/** Registered memory, divided into frames, with the pool of the free ones. */
export class Umem {
  readonly backend: Backend;
  readonly memory: Memory;
  readonly registration: UmemRegistration;
  /** The free frames of the memory: one pool, however often the memory is registered. */
  readonly frames: FramePool;
  readonly frameSize: number;
  readonly frameHeadroom: number;
  /** Every byte of the memory; empty after `close()`. */
  readonly bytes: Uint8Array;
  /** The same memory, for multi-byte fields. */
  readonly view: DataView;
  /** The one that owns memory and pool, when this is another registration of it. */
  readonly #owner: Umem | undefined;

  /**
   * Maps memory and registers it. Retries for up to a second while the kernel has not given back
   * what an earlier registration had locked.
   * @throws {FluxError} `FLUX_INVALID_OPTION`, `FLUX_UNKNOWN_OPTION`, `FLUX_PERMISSION`,
   * `FLUX_MEMLOCK`, `FLUX_NO_MEMORY` (also: no huge pages reserved, not on that NUMA node),
   * `FLUX_UNSUPPORTED` (pages that the system does not have)
   */
  static async open(backend: Backend, options: UmemOpenOptions = {}): Promise<Umem> {
    checkKeys('umem', options, KEYS);
    const unaligned = checkBoolean('umem.unaligned', options.unaligned ?? false);
    const frameSize = checkFrameSize(options.frameSize ?? MIN_FRAME_SIZE, unaligned);
    const stride = strideOf(frameSize);
    const maxFrames = Math.floor(MAX_BYTES / stride);
    const frameCount = checkInteger('umem.frameCount', options.frameCount ?? 4096, 1, maxFrames);
    const maxHeadroom = frameSize - KERNEL_HEADROOM - KERNEL_TAILROOM;
    const headroom = checkInteger('umem.frameHeadroom', options.frameHeadroom ?? 0, 0, maxHeadroom);
    const pages = checkOneOf('umem.pages', options.pages ?? 'auto', PAGES);
    const numaNode = checkNumaNode(options.numaNode ?? 'auto');
    const txMetadata = checkTxMetadata(options);
    const { ifname } = options;
    if (ifname !== undefined) checkString('umem.ifname', ifname);
    const memory = backend.openMemory({ size: frameCount * stride, pages, numaNode, ifname });
    try {
      const layout = { chunkSize: frameSize, frameHeadroom: headroom, unaligned };
      const registration = await registerWith(txMetadata, backend, memory, layout);
      return new Umem(backend, memory, registration, new FramePool(stride, frameCount));
    } catch (error) {
      memory.close();
      throw error;
    }
  }

  /**
   * Makes frames of a registration that another process, or another isolate, has passed. Which of
   * them are free is for the two to agree on: by default all.
   * @throws {FluxError} `FLUX_INVALID_OPTION`, `FLUX_UNKNOWN_OPTION`
   */
  static adopt(
    backend: Backend,
    registration: UmemRegistration,
    options: UmemAdoptOptions = {},
  ): Umem {
    checkKeys('umem', options, ['firstFrame', 'frameCount']);
    const { memory } = registration;
    const stride = strideOf(registration.chunkSize);
    const total = Math.floor(memory.size / stride);
    const first = checkInteger('umem.firstFrame', options.firstFrame ?? 0, 0, total - 1);
    const most = total - first;
    const count = checkInteger('umem.frameCount', options.frameCount ?? most, 1, most);
    return new Umem(backend, memory, registration, new FramePool(stride, count, first));
  }

  private constructor(
    backend: Backend,
    memory: Memory,
    registration: UmemRegistration,
    frames: FramePool,
    owner?: Umem,
  ) {
    this.backend = backend;
    this.memory = memory;
    this.registration = registration;
    this.frameSize = registration.chunkSize;
    this.frameHeadroom = registration.frameHeadroom;
    this.frames = frames;
    this.bytes = owner?.bytes ?? new Uint8Array(memory.buffer);
    this.view = owner?.view ?? new DataView(memory.buffer);
    this.#owner = owner;
  }

  /**
   * Registers the same memory once more, with the same pool: for ports that cannot share this
   * registration, because all sockets of one are copy or all zero-copy. Frames may go from ports
   * of one to ports of the other. Locked memory is charged again. Closing it leaves this open;
   * closing this closes it.
   * @throws {FluxError} `FLUX_CLOSED`, `FLUX_MEMLOCK`, `FLUX_PERMISSION`
   */
  async registerAgain(): Promise<Umem> {
    const { backend, memory, registration, frames } = this;
    const again = await register(backend, memory, registration);
    return new Umem(backend, memory, again, frames, this.#owner ?? this);
  }

  /**
   * This registration, for a worker of this process, with frames that it may use: a slice that was
   * split off this pool. Whatever became of a worker, its slice can be exported again to the next
   * one once its queues are closed. Without a slice the worker has no frames of its own.
   * @throws {FluxError} `FLUX_CLOSED`, `FLUX_UNSUPPORTED` where the backend cannot share
   */
  export(slice?: FramePool): ExportedUmem {
    const { firstFrame, frameCount } = slice ?? { firstFrame: 0, frameCount: 0 };
    const registration = exportObject(this.backend, this.registration);
    return { registration, firstFrame, frameCount };
  }

  /**
   * A registration of another isolate, over the same memory. The isolate that opened it closes it
   * for all; closing it here closes what this isolate has of it.
   * @throws {FluxError} `FLUX_CLOSED`, `FLUX_INVALID_OPTION`, `FLUX_UNSUPPORTED`
   */
  static import(backend: Backend, exported: ExportedUmem): Umem {
    const { registration, frames } = importSlice(backend, exported);
    return new Umem(backend, registration.memory, registration, frames);
  }

  /**
   * Another registration of the same memory, from `registerAgain`, with this pool.
   * @throws {FluxError} `FLUX_CLOSED`, `FLUX_INVALID_OPTION`, `FLUX_UNSUPPORTED`
   */
  importAgain(exported: ExportedUmem): Umem {
    const { backend, memory, frames } = this;
    const { registration } = importSlice(backend, exported);
    if (registration.memory === memory) {
      return new Umem(backend, memory, registration, frames, this.#owner ?? this);
    }
    throw invalid('exported', exported.registration.token, 'a registration of the same memory');
  }

  /** The largest packet that fits into one frame, in bytes. */
  get maxPacketLength(): number {
    return this.frameSize - KERNEL_HEADROOM - this.frameHeadroom;
  }

  /** Where in a frame a packet to send may begin, at the earliest. */
  get txOffset(): number {
    return this.registration.txMetadataLength;
  }

  /** Closes everything opened on it, detaches the buffer, unmaps. Idempotent. */
  close(): void {
    if (this.#owner === undefined) this.memory.close();
    else this.registration.close();
  }
}

/**
 * From one frame to the next, in bytes. Even, because a kernel may complete a packet with the lowest
 * bit of its address cleared (CompletionRing.address): the address must still lie in its frame.
 */
function strideOf(frameSize: number): number {
  return frameSize + (frameSize & 1);
}

function importSlice(backend: Backend, exported: ExportedUmem) {
  const registration = importObject(backend, exported.registration, 'umem');
  const stride = strideOf(registration.chunkSize);
  const total = Math.floor(registration.memory.size / stride);
  const first = checkInteger('exported.firstFrame', exported.firstFrame, 0, total);
  const count = checkInteger('exported.frameCount', exported.frameCount, 0, total - first);
  return { registration, frames: new FramePool(stride, count, first) };
}

function register(backend: Backend, memory: Memory, options: UmemOptions) {
  const { chunkSize, frameHeadroom, unaligned, txMetadataLength, txSoftwareChecksum } = options;
  const layout = { chunkSize, frameHeadroom, unaligned, txMetadataLength, txSoftwareChecksum };
  return retryWhile(backend.clock, mayFitLater, () => backend.openUmem(memory, layout));
}

interface CheckedTxMetadata {
  readonly wanted: boolean | 'auto';
  readonly softwareChecksum: boolean;
}

/** Kernels before 6.11 refuse the flag; everything else that they could refuse was checked. */
async function registerWith(
  { wanted, softwareChecksum }: CheckedTxMetadata,
  backend: Backend,
  memory: Memory,
  layout: UmemOptions,
): Promise<UmemRegistration> {
  if (wanted === false) return register(backend, memory, layout);
  try {
    return await register(backend, memory, {
      ...layout,
      txMetadataLength: TX_METADATA_LENGTH,
      txSoftwareChecksum: softwareChecksum,
    });
  } catch (error) {
    if (!isFluxError(error, 'FLUX_INVALID_OPTION') || error.errno !== errno.EINVAL) throw error;
    if (wanted === 'auto') return register(backend, memory, layout);
    throw new FluxError('FLUX_UNSUPPORTED', 'the kernel has no TX metadata', {
      errno: error.errno,
      syscall: error.syscall,
      hint: "it came with Linux 6.11: use txMetadata: 'auto', or false",
      cause: error,
    });
  }
}

/** Locked memory that was closed comes back late; more than the whole limit never fits. */
function mayFitLater(error: unknown): boolean {
  if (!isFluxError(error, 'FLUX_MEMLOCK')) return false;
  const { size, memlockLimit } = error.context;
  return !(Number(size) > Number(memlockLimit));
}

function checkFrameSize(value: number, unaligned: boolean): number {
  const check = unaligned ? checkInteger : checkPowerOfTwo;
  return check('umem.frameSize', value, MIN_FRAME_SIZE, MAX_FRAME_SIZE);
}

function checkTxMetadata(options: UmemOpenOptions): CheckedTxMetadata {
  const { txMetadata: wanted = false, txSoftwareChecksum = false } = options;
  if (wanted !== 'auto' && typeof wanted !== 'boolean') {
    throw invalid('umem.txMetadata', wanted, "true | false | 'auto'");
  }
  const softwareChecksum = checkBoolean('umem.txSoftwareChecksum', txSoftwareChecksum);
  if (softwareChecksum && wanted === false) {
    throw invalid('umem.txSoftwareChecksum', true, 'false, without umem.txMetadata');
  }
  return { wanted, softwareChecksum };
}

function checkNumaNode(value: number | 'auto'): number | 'auto' {
  const isNode = Number.isInteger(value) && Number(value) >= 0 && Number(value) <= MAX_NODE;
  if (value === 'auto' || isNode) return value;
  throw invalid('umem.numaNode', value, `'auto', or an integer from 0 to ${MAX_NODE}`);
}

/** @throws {FluxError} `FLUX_INVALID_OPTION` when a packet of this size cannot be received */
export function checkPacketFits(umem: Umem, ifname: string, mtu: number): void {
  const needed = mtu + 18; // Ethernet header and one VLAN tag.
  if (needed <= umem.maxPacketLength) return;
  throw invalid(
    'umem.frameSize',
    umem.frameSize,
    `a size that holds packets of ${needed} bytes (${ifname} has MTU ${mtu}; ` +
      `a frame of ${umem.frameSize} holds ${umem.maxPacketLength})`,
  );
}
