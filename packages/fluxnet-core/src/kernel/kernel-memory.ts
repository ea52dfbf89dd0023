import type { Memory, MemoryOptions, Pages } from '../contract/memory.js';
import { FluxError } from '../errors.js';
import { Resource } from '../resource.js';
import type { Native, NativeMemory } from './native.js';
import { attempt } from './system-error.js';

const PAGE_BYTES: Readonly<Record<Pages, number>> = { hugetlb2m: 2 ** 21, '4k': 4096 };

/** A memfd, mapped once and sealed against resizing. */
export class KernelMemory extends Resource implements Memory {
  readonly handle: NativeMemory;
  readonly buffer: ArrayBuffer;
  readonly size: number;
  readonly pages: Pages;

  static open(native: Native, options: MemoryOptions): KernelMemory {
    if (options.pages !== 'auto') return new KernelMemory(native, options.size, options.pages);
    try {
      return new KernelMemory(native, options.size, 'hugetlb2m');
    } catch {
      // No huge pages reserved: plain pages do, and `pages` says so.
      return new KernelMemory(native, options.size, '4k');
    }
  }

  private constructor(native: Native, size: number, pages: Pages) {
    super();
    const pageBytes = PAGE_BYTES[pages];
    this.size = Math.ceil(size / pageBytes) * pageBytes;
    this.handle = attempt(
      {
        doing: `map ${this.size} bytes of ${pages} pages`,
        context: { size: this.size, pages },
        answers: { ENOMEM: noMemory(this.size, pages) },
      },
      () => new native.Memory(this.size, pages),
    );
    this.pages = pages;
    const pageSize = this.handle.pageSize();
    if (pageSize !== pageBytes) {
      this.handle.close();
      throw new FluxError(
        'FLUX_NO_MEMORY',
        `asked for pages of ${pageBytes} bytes, got ${pageSize}`,
        { hint: "use umem.pages: 'auto'" },
      );
    }
    this.buffer = this.handle.buffer();
  }

  protected override release(): void {
    this.handle.close();
  }
}

function noMemory(size: number, pages: Pages) {
  const hint =
    pages === 'hugetlb2m'
      ? `reserve huge pages: sysctl -w vm.nr_hugepages=${Math.ceil(size / PAGE_BYTES.hugetlb2m)}`
      : 'use fewer frames';
  return { code: 'FLUX_NO_MEMORY', hint } as const;
}
