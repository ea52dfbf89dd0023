import { Resource, type UmemOptions, type UmemRegistration } from 'fluxnet-core';
import { XDP_PACKET_HEADROOM } from './buffer-pool.js';
import { invalidOption, notModelled } from './failures.js';
import { PAGE_SIZE, type SimMemory } from './memory.js';

const MIN_CHUNK_SIZE = 2048;
/** `SKB_DATA_ALIGN(sizeof(struct skb_shared_info))` on x86-64. */
const TAILROOM = 320;
/** The least that must be left for a packet. */
const MIN_CAPACITY = 128;

/** A registration (`xdp_umem_reg`, net/xdp/xdp_umem.c); checks are in the kernel's order. */
export class SimUmem extends Resource implements UmemRegistration {
  readonly memory: SimMemory;
  readonly chunkSize: number;
  readonly frameHeadroom: number;
  readonly unaligned = false;
  readonly txMetadataLength = 0;
  readonly txSoftwareChecksum = false;

  constructor(memory: SimMemory, options: UmemOptions) {
    super(memory);
    const { chunkSize, frameHeadroom, unaligned, txMetadataLength, txSoftwareChecksum } = options;
    if (unaligned) throw notModelled('unaligned', unaligned);
    if (txMetadataLength) throw notModelled('txMetadataLength', txMetadataLength);
    if (txSoftwareChecksum) throw notModelled('txSoftwareChecksum', txSoftwareChecksum);
    const isChunk =
      Number.isInteger(chunkSize) &&
      chunkSize >= MIN_CHUNK_SIZE &&
      chunkSize <= PAGE_SIZE &&
      (chunkSize & (chunkSize - 1)) === 0;
    if (!isChunk) {
      const allowed = `a power of two from ${MIN_CHUNK_SIZE} to ${PAGE_SIZE}`;
      throw invalidOption('chunkSize', chunkSize, allowed, 'setsockopt');
    }
    const maxHeadroom = chunkSize - XDP_PACKET_HEADROOM - TAILROOM - MIN_CAPACITY;
    const isHeadroom =
      Number.isInteger(frameHeadroom) && frameHeadroom >= 0 && frameHeadroom <= maxHeadroom;
    if (!isHeadroom) {
      throw invalidOption('frameHeadroom', frameHeadroom, `0 to ${maxHeadroom}`, 'setsockopt');
    }
    this.memory = memory;
    this.chunkSize = chunkSize;
    this.frameHeadroom = frameHeadroom;
    this.opened();
  }

  /** The pages stay with the memory. */
  protected override release(): void {}
}
