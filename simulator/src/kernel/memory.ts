import { type Memory, type MemoryOptions, type Pages, Resource } from 'fluxnet-core';
import { detach } from './detach.js';
import { invalidOption, notModelled } from './failures.js';
import type { Kernel } from './kernel.js';
import { allocate } from './ring-region.js';

export const PAGE_SIZE = 4096;
const HUGE_PAGES: ReadonlySet<string> = new Set(['hugetlb1g', 'hugetlb2m', 'thp']);
/** Offsets stay Int32. */
const MAX_MEMORY = 2 ** 31;

export class SimMemory extends Resource implements Memory {
  readonly kernel: Kernel;
  readonly buffer: ArrayBuffer;
  /** The one view that the kernel reads and writes frames through. */
  readonly bytes: Uint8Array;
  /** The same, for fields of several bytes. */
  readonly view: DataView;
  readonly size: number;
  readonly pages: Pages = '4k';
  readonly hugeBytes = 0;
  readonly numaNode = undefined;

  constructor(kernel: Kernel, { size, pages, numaNode = 'auto' }: MemoryOptions) {
    super();
    if (!(Number.isInteger(size) && size >= 1 && size <= MAX_MEMORY)) {
      throw invalidOption('size', size, '1 to 2 GiB');
    }
    if (HUGE_PAGES.has(pages)) throw notModelled('pages', pages);
    if (pages !== 'auto' && pages !== '4k') throw invalidOption('pages', pages, 'auto, 4k');
    if (numaNode !== 'auto') throw notModelled('numaNode', numaNode);
    kernel.faults.check('openMemory', 'mmap');
    this.kernel = kernel;
    this.size = Math.ceil(size / PAGE_SIZE) * PAGE_SIZE;
    this.buffer = allocate('memory', this.size);
    this.bytes = new Uint8Array(this.buffer);
    this.view = new DataView(this.buffer);
  }

  protected override release(): void {
    detach(this.buffer);
  }
}
