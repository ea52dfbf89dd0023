import type { Memory, MemoryOptions, Pages } from '../contract/memory.js';
import { FluxError, isFluxError } from '../errors.js';
import { invalid } from '../options.js';
import { Resource } from '../resource.js';
import { memoryAnswers, PAGE_BYTES, whyNotTransparent } from './huge-pages.js';
import { readInterface } from './interface-facts.js';
import type { Native, NativeMemory } from './native.js';
import { onlineNodes } from './online-nodes.js';
import { attempt } from './system-error.js';

/** Memory counts as transparent huge pages when at least this share of it really is. */
const TRANSPARENT_SHARE = 0.9;
const ANY_NODE = -1;

/** A memfd, mapped once and sealed against resizing. */
export class KernelMemory extends Resource implements Memory {
  readonly handle: NativeMemory;
  readonly buffer: ArrayBuffer;
  readonly size: number;
  readonly pages: Pages;
  readonly hugeBytes: number;
  readonly numaNode: number | undefined;

  static open(native: Native, options: MemoryOptions): KernelMemory {
    const node = nodeFor(native, options);
    const open = (pages: Pages) => new KernelMemory(native, options.size, pages, node);
    if (options.pages !== 'auto') return open(options.pages);
    // Small memory takes plain pages: rounded up to a huge one it would cost locked memory.
    if (options.size >= PAGE_BYTES.hugetlb2m) {
      for (const pages of ['hugetlb2m', 'thp'] as const) {
        try {
          return open(pages);
        } catch (error) {
          if (!isFluxError(error)) throw error;
        }
      }
    }
    return open('4k');
  }

  private constructor(native: Native, size: number, pages: Pages, node: WantedNode) {
    super();
    const pageBytes = PAGE_BYTES[pages];
    this.size = Math.ceil(size / pageBytes) * pageBytes;
    this.pages = pages;
    this.handle = attempt(
      {
        doing: `map ${this.size} bytes of ${pages} pages`,
        context: { size: this.size, pages },
        answers: memoryAnswers(pages, this.size),
      },
      () => new native.Memory(this.size, pages, node.preferred),
    );
    try {
      this.hugeBytes = this.#verifyPages();
      this.numaNode = this.handle.numaNode();
      if (node.forced && this.numaNode !== node.preferred) throw this.#wrongNode(node.preferred);
    } catch (error) {
      this.handle.close();
      throw error;
    }
    this.buffer = this.handle.buffer();
  }

  protected override release(): void {
    this.handle.close();
  }

  /** Bytes on huge pages. @throws {FluxError} when the pages are not what they were to be */
  #verifyPages(): number {
    const { pages, size, handle } = this;
    const context = { size, pages };
    if (pages === 'thp') {
      const huge = handle.transparentHugeBytes();
      if (huge >= size * TRANSPARENT_SHARE) return huge;
      const { code, hint } = whyNotTransparent();
      const message = `${huge} of ${size} bytes are on transparent huge pages`;
      throw new FluxError(code, message, { hint, context: { ...context, hugeBytes: huge } });
    }
    const pageSize = handle.pageSize();
    if (pageSize !== PAGE_BYTES[pages]) {
      const message = `asked for pages of ${PAGE_BYTES[pages]} bytes, got ${pageSize}`;
      throw new FluxError('FLUX_NO_MEMORY', message, { hint: "use umem.pages: 'auto'", context });
    }
    return pages === '4k' ? 0 : size;
  }

  #wrongNode(wanted: number): FluxError {
    const obtained = this.numaNode === undefined ? 'several nodes' : `node ${this.numaNode}`;
    return new FluxError(
      'FLUX_NO_MEMORY',
      `asked for memory of NUMA node ${wanted}, got it from ${obtained}`,
      {
        hint: `see what is free: cat /sys/devices/system/node/node${wanted}/meminfo`,
        context: { size: this.size, numaNode: wanted, obtained: this.numaNode },
      },
    );
  }
}

interface WantedNode {
  readonly preferred: number;
  readonly forced: boolean;
}

function nodeFor(native: Native, { numaNode = 'auto', ifname }: MemoryOptions): WantedNode {
  const online = onlineNodes();
  if (numaNode !== 'auto') {
    if (online.includes(numaNode)) return { preferred: numaNode, forced: true };
    throw invalid('umem.numaNode', numaNode, `'auto', or a node that is online: ${online}`);
  }
  const near =
    online.length > 1 && ifname !== undefined ? readInterface(native, ifname).numaNode : undefined;
  return { preferred: near ?? ANY_NODE, forced: false };
}
