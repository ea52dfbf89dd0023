import type { Backend } from './contract/backend.js';
import type { Memory, PagesOption } from './contract/memory.js';
import type { UmemRegistration } from './contract/umem.js';
import { isFluxError } from './errors.js';
import { FramePool } from './frame-pool.js';
import { checkInteger, checkKeys, checkOneOf, checkPowerOfTwo, invalid } from './options.js';
import { retryWhile } from './retry.js';

export interface UmemOpenOptions {
  /** Frames, 1 and up; `frameCount * frameSize` must not exceed 2 GiB. Default 4096. */
  readonly frameCount?: number;
  /** Bytes per frame, 2048 or 4096. A packet may have up to `frameSize - 256 - frameHeadroom`. */
  readonly frameSize?: number;
  /** Bytes kept free in front of a received packet, besides the kernel's 256. Default 0. */
  readonly frameHeadroom?: number;
  /** Default `auto`: the largest that can be had; `umem.pages` says which. */
  readonly pages?: PagesOption;
}

const MAX_BYTES = 2 ** 31;
/** XDP_PACKET_HEADROOM: the kernel keeps it free in front of every received packet. */
const KERNEL_HEADROOM = 256;
/** Tail room for `skb_shared_info`, and Ethernet slack (xdp_umem_reg, net/xdp/xdp_umem.c). */
const KERNEL_TAILROOM = 320 + 128;

/** Registered memory, divided into frames, with the pool of the free ones. */
export class Umem {
  readonly backend: Backend;
  readonly memory: Memory;
  readonly registration: UmemRegistration;
  readonly frames: FramePool;
  readonly frameSize: number;
  readonly frameHeadroom: number;
  /** Every byte of the memory; empty after `close()`. */
  readonly bytes: Uint8Array;
  /** The same memory, for multi-byte fields. */
  readonly view: DataView;

  /**
   * Maps memory and registers it. Retries for up to a second while the kernel has not given back
   * what an earlier registration had locked.
   * @throws {FluxError} `FLUX_INVALID_OPTION`, `FLUX_PERMISSION`, `FLUX_MEMLOCK`, `FLUX_NO_MEMORY`
   */
  static async open(backend: Backend, options: UmemOpenOptions = {}): Promise<Umem> {
    checkKeys('umem', options, ['frameCount', 'frameSize', 'frameHeadroom', 'pages']);
    const frameSize = checkPowerOfTwo('umem.frameSize', options.frameSize ?? 2048, 2048, 4096);
    const maxFrames = MAX_BYTES / frameSize;
    const frameCount = checkInteger('umem.frameCount', options.frameCount ?? 4096, 1, maxFrames);
    const maxHeadroom = frameSize - KERNEL_HEADROOM - KERNEL_TAILROOM;
    const headroom = checkInteger('umem.frameHeadroom', options.frameHeadroom ?? 0, 0, maxHeadroom);
    const pages = checkOneOf('umem.pages', options.pages ?? 'auto', ['auto', 'hugetlb2m', '4k']);
    const memory = backend.openMemory({ size: frameCount * frameSize, pages });
    try {
      const registration = await retryWhile(
        backend.clock,
        (error) => isFluxError(error, 'FLUX_MEMLOCK'),
        () =>
          backend.openUmem(memory, {
            chunkSize: frameSize,
            frameHeadroom: headroom,
            unaligned: false,
          }),
      );
      return new Umem(backend, memory, registration, frameCount);
    } catch (error) {
      memory.close();
      throw error;
    }
  }

  private constructor(
    backend: Backend,
    memory: Memory,
    registration: UmemRegistration,
    frameCount: number,
  ) {
    this.backend = backend;
    this.memory = memory;
    this.registration = registration;
    this.frameSize = registration.chunkSize;
    this.frameHeadroom = registration.frameHeadroom;
    this.frames = new FramePool(registration.chunkSize, frameCount);
    this.bytes = new Uint8Array(memory.buffer);
    this.view = new DataView(memory.buffer);
  }

  /** The largest packet that fits into one frame, in bytes. */
  get maxPacketLength(): number {
    return this.frameSize - KERNEL_HEADROOM - this.frameHeadroom;
  }

  /** Closes everything opened on it, detaches the buffer, unmaps. Idempotent. */
  close(): void {
    this.memory.close();
  }
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
