import type { Memory, MemoryOptions, Pages } from 'fluxnet-core';
import { invalidOption, notModelled } from './failures.js';
import type { Kernel } from './kernel.js';
import { detach, KernelObject } from './kernel-object.js';
import { allocate } from './ring-region.js';

export const PAGE_SIZE = 4096;
/** Offsets stay Int32. */
const MAX_MEMORY = 2 ** 31;

export class SimMemory extends KernelObject implements Memory {
  readonly kernel: Kernel;
  readonly buffer: ArrayBuffer;
  /** The one view that the kernel reads and writes frames through. */
  readonly bytes: Uint8Array;
  readonly size: number;
  readonly pages: Pages = '4k';

  constructor(kernel: Kernel, { size, pages }: MemoryOptions) {
    super('memory', undefined);
    if (!(Number.isInteger(size) && size >= 1 && size <= MAX_MEMORY)) {
      throw invalidOption('size', size, '1 to 2 GiB');
    }
    if (pages === 'hugetlb2m') throw notModelled('pages', pages);
    if (pages !== 'auto' && pages !== '4k') throw invalidOption('pages', pages, 'auto, 4k');
    this.kernel = kernel;
    this.size = Math.ceil(size / PAGE_SIZE) * PAGE_SIZE;
    this.buffer = allocate('memory', this.size);
    this.bytes = new Uint8Array(this.buffer);
  }

  protected override release(): void {
    detach(this.buffer);
  }
}
