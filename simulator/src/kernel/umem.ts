import { Resource, type UmemOptions, type UmemRegistration } from 'fluxnet-core';
import { XDP_PACKET_HEADROOM } from './buffer-pool.js';
import { invalidOption } from './failures.js';
import { PAGE_SIZE, type SimMemory } from './memory.js';
import { Registration } from './registration.js';

const MIN_CHUNK_SIZE = 2048;
/** `SKB_DATA_ALIGN(sizeof(struct skb_shared_info))` on x86-64. */
export const TAILROOM = 320;
/** The least that must be left for a packet. */
const MIN_CAPACITY = 128;
const MAX_METADATA = 256;
const SYSCALL = 'setsockopt(XDP_UMEM_REG)';

/** A registration (`xdp_umem_reg`, net/xdp/xdp_umem.c); checks are in the kernel's order. */
export class SimUmem extends Resource implements UmemRegistration {
  readonly memory: SimMemory;
  readonly chunkSize: number;
  readonly frameHeadroom: number;
  readonly unaligned: boolean;
  readonly txMetadataLength: number;
  readonly txSoftwareChecksum: boolean;
  /** Made for the first queue, which takes it along; later ones share it or register again. */
  #offered: Registration | undefined;
  /** Of the queues that are bound: whom to share with. */
  readonly registrations = new Set<Registration>();

  constructor(memory: SimMemory, options: UmemOptions) {
    super(memory);
    const { kernel } = memory;
    kernel.rights.demand('socket(AF_XDP)', 'open a socket', 'CAP_NET_RAW');
    kernel.faults.check('openUmem', SYSCALL);
    const { txMetadataLength = 0, txSoftwareChecksum = false } = options;
    checkGeometry(options, memory.size);
    if (!(txMetadataLength >= 0 && txMetadataLength < MAX_METADATA && txMetadataLength % 8 === 0)) {
      throw invalidOption(
        'txMetadataLength',
        txMetadataLength,
        '0 to 248, a multiple of 8',
        SYSCALL,
      );
    }
    this.memory = memory;
    this.chunkSize = options.chunkSize;
    this.frameHeadroom = options.frameHeadroom;
    this.unaligned = options.unaligned;
    this.txMetadataLength = txMetadataLength;
    this.txSoftwareChecksum = txSoftwareChecksum;
    this.#offered = new Registration(memory);
    this.#offered.use();
    this.opened();
  }

  /** The first queue takes the socket that the memory was registered on. */
  takeRegistration(): Registration | undefined {
    const offered = this.#offered;
    this.#offered = undefined;
    return offered;
  }

  /** A registration that has a bound socket, the oldest first. */
  sharedRegistration(): Registration | undefined {
    for (const registration of this.registrations) {
      if (registration.first() !== undefined) return registration;
    }
    return undefined;
  }

  protected override release(): void {
    this.takeRegistration()?.leave();
  }
}

function checkGeometry({ chunkSize, frameHeadroom, unaligned }: UmemOptions, size: number): void {
  const inRange =
    Number.isInteger(chunkSize) && chunkSize >= MIN_CHUNK_SIZE && chunkSize <= PAGE_SIZE;
  if (!inRange || (!unaligned && (chunkSize & (chunkSize - 1)) !== 0)) {
    const what = unaligned ? 'an integer' : 'a power of two';
    const allowed = `${what} from ${MIN_CHUNK_SIZE} to ${PAGE_SIZE}`;
    throw invalidOption('chunkSize', chunkSize, allowed, SYSCALL);
  }
  if (size < chunkSize) throw invalidOption('chunkSize', chunkSize, `up to ${size}`, SYSCALL);
  const maxHeadroom = chunkSize - XDP_PACKET_HEADROOM - TAILROOM - MIN_CAPACITY;
  const isHeadroom =
    Number.isInteger(frameHeadroom) && frameHeadroom >= 0 && frameHeadroom <= maxHeadroom;
  if (!isHeadroom) {
    throw invalidOption('frameHeadroom', frameHeadroom, `0 to ${maxHeadroom}`, SYSCALL);
  }
}
