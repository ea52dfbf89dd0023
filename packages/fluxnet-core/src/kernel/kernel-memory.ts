import type { Memory, MemoryOptions, Pages } from '../contract/memory.js';
import { FluxError, isFluxError } from '../errors.js';
import { LeakGuard } from '../leaks.js';
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
    const open = (pages: Pages) => create(native, options.size, pages, node);
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

  /** Memory that was made elsewhere: what it consists of is asked of the kernel. */
  static adopt(handle: NativeMemory): KernelMemory {
    return new KernelMemory(handle, pagesOf(handle));
  }

  readonly leak: LeakGuard;

  /** @param pages what it was asked for, or turned out to be */
  constructor(handle: NativeMemory, pages: Pages) {
    super();
    this.handle = handle;
    this.buffer = handle.buffer();
    this.size = this.buffer.byteLength;
    this.pages = pages;
    if (pages === 'thp') this.hugeBytes = handle.transparentHugeBytes();
    else this.hugeBytes = pages === '4k' ? 0 : this.size;
    this.numaNode = handle.numaNode();
    this.leak = new LeakGuard(this, `a memory of ${this.size} bytes`);
  }

  protected override release(): void {
    this.leak.closed();
    this.handle.close();
  }
}

function create(native: Native, bytes: number, pages: Pages, node: WantedNode): KernelMemory {
  const size = Math.ceil(bytes / PAGE_BYTES[pages]) * PAGE_BYTES[pages];
  const handle = attempt(
    {
      doing: `map ${size} bytes of ${pages} pages`,
      context: { size, pages },
      answers: memoryAnswers(pages, size),
    },
    () => new native.Memory(size, pages, node.preferred),
  );
  const memory = new KernelMemory(handle, pages);
  try {
    verifyPages(memory);
    if (node.forced && memory.numaNode !== node.preferred) throw wrongNode(memory, node.preferred);
    return memory;
  } catch (error) {
    memory.close();
    throw error;
  }
}

/** @throws {FluxError} when the pages are not what they were to be */
function verifyPages({ pages, size, hugeBytes, handle }: KernelMemory): void {
  const context = { size, pages };
  if (pages === 'thp') {
    if (hugeBytes >= size * TRANSPARENT_SHARE) return;
    const { code, hint } = whyNotTransparent();
    const message = `${hugeBytes} of ${size} bytes are on transparent huge pages`;
    throw new FluxError(code, message, { hint, context: { ...context, hugeBytes } });
  }
  const pageSize = handle.pageSize();
  if (pageSize === PAGE_BYTES[pages]) return;
  const message = `asked for pages of ${PAGE_BYTES[pages]} bytes, got ${pageSize}`;
  throw new FluxError('FLUX_NO_MEMORY', message, { hint: "use umem.pages: 'auto'", context });
}

function pagesOf(handle: NativeMemory): Pages {
  const pageSize = handle.pageSize();
  if (pageSize === PAGE_BYTES.hugetlb1g) return 'hugetlb1g';
  if (pageSize === PAGE_BYTES.hugetlb2m) return 'hugetlb2m';
  const transparent = handle.buffer().byteLength * TRANSPARENT_SHARE;
  return handle.transparentHugeBytes() >= transparent ? 'thp' : '4k';
}

function wrongNode({ size, numaNode }: KernelMemory, wanted: number): FluxError {
  const obtained = numaNode === undefined ? 'several nodes' : `node ${numaNode}`;
  return new FluxError(
    'FLUX_NO_MEMORY',
    `asked for memory of NUMA node ${wanted}, got it from ${obtained}`,
    {
      hint: `see what is free: cat /sys/devices/system/node/node${wanted}/meminfo`,
      context: { size, numaNode: wanted, obtained: numaNode },
    },
  );
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
