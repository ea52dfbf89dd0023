import type { UmemOptions, UmemRegistration } from '../contract/umem.js';
import { Resource } from '../resource.js';
import type { KernelMemory } from './kernel-memory.js';
import { memlockAnswer, memlockLimit } from './memlock.js';
import type { Native, NativeUmem } from './native.js';
import { attempt } from './system-error.js';

// Flags of `struct xdp_umem_reg` (include/uapi/linux/if_xdp.h)
const UNALIGNED_CHUNKS = 1 << 0;
const TX_SW_CSUM = 1 << 1;
const TX_METADATA_LEN = 1 << 2;

export class KernelUmem extends Resource implements UmemRegistration {
  readonly handle: NativeUmem;
  readonly memory: KernelMemory;
  readonly chunkSize: number;
  readonly frameHeadroom: number;
  readonly unaligned: boolean;
  readonly txMetadataLength: number;
  readonly txSoftwareChecksum: boolean;

  static open(native: Native, memory: KernelMemory, options: UmemOptions): KernelUmem {
    memory.assertOpen();
    const limit = memlockLimit();
    const handle = attempt(
      {
        doing: `register ${memory.size} bytes in chunks of ${options.chunkSize}`,
        context: { size: memory.size, memlockLimit: limit, ...options },
        answers: { ENOBUFS: memlockAnswer(memory.size, limit) },
      },
      () => new native.Umem(memory.handle, ...layoutOf(options)),
    );
    return new KernelUmem(memory, handle, options);
  }

  /** Memory that another process has registered. */
  static adopt(native: Native, memory: KernelMemory, options: UmemOptions): KernelUmem {
    const handle = attempt(
      { doing: 'use a registration of another process' },
      () => new native.Umem(memory.handle, ...layoutOf(options), true),
    );
    return new KernelUmem(memory, handle, options);
  }

  constructor(memory: KernelMemory, handle: NativeUmem, options: UmemOptions) {
    super(memory);
    this.memory = memory;
    this.handle = handle;
    this.chunkSize = options.chunkSize;
    this.frameHeadroom = options.frameHeadroom;
    this.unaligned = options.unaligned;
    this.txMetadataLength = options.txMetadataLength ?? 0;
    this.txSoftwareChecksum = options.txSoftwareChecksum ?? false;
    this.opened();
  }

  protected override release(): void {
    this.handle.close();
  }
}

/** Chunk size, headroom, flags and length of the TX metadata. */
function layoutOf(options: UmemOptions): [number, number, number, number] {
  const { txMetadataLength = 0, txSoftwareChecksum = false } = options;
  const flags =
    (options.unaligned ? UNALIGNED_CHUNKS : 0) |
    (txSoftwareChecksum ? TX_SW_CSUM : 0) |
    (txMetadataLength === 0 ? 0 : TX_METADATA_LEN);
  return [options.chunkSize, options.frameHeadroom, flags, txMetadataLength];
}
