import type { UmemOptions, UmemRegistration } from '../contract/umem.js';
import { Resource } from '../resource.js';
import type { KernelMemory } from './kernel-memory.js';
import { memlockAnswer, memlockLimit } from './memlock.js';
import type { Native, NativeCloseable } from './native.js';
import { attempt } from './system-error.js';

const UNALIGNED_CHUNKS = 1; // XDP_UMEM_UNALIGNED_CHUNK_FLAG

export class KernelUmem extends Resource implements UmemRegistration {
  readonly handle: NativeCloseable;
  readonly memory: KernelMemory;
  readonly chunkSize: number;
  readonly frameHeadroom: number;
  readonly unaligned: boolean;

  static open(native: Native, memory: KernelMemory, options: UmemOptions): KernelUmem {
    memory.assertOpen();
    const flags = options.unaligned ? UNALIGNED_CHUNKS : 0;
    const limit = memlockLimit();
    const handle = attempt(
      {
        doing: `register ${memory.size} bytes in chunks of ${options.chunkSize}`,
        context: { size: memory.size, memlockLimit: limit, ...options },
        answers: { ENOBUFS: memlockAnswer(memory.size, limit) },
      },
      () => new native.Umem(memory.handle, options.chunkSize, options.frameHeadroom, flags),
    );
    return new KernelUmem(memory, handle, options);
  }

  constructor(memory: KernelMemory, handle: NativeCloseable, options: UmemOptions) {
    super(memory);
    this.memory = memory;
    this.handle = handle;
    this.chunkSize = options.chunkSize;
    this.frameHeadroom = options.frameHeadroom;
    this.unaligned = options.unaligned;
    this.opened();
  }

  protected override release(): void {
    this.handle.close();
  }
}
