import { accessSync, constants, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { hasKernel, held } from '../../../../test/support/kernel.js';
import type { Memory, MemoryOptions } from '../contract/memory.js';
import type { FluxError } from '../errors.js';
import { Umem } from '../umem.js';
import { kernelBackend } from './kernel-backend.js';
import { onlineNodes } from './online-nodes.js';

const MIB = 2 ** 20;
const NR_HUGEPAGES = '/proc/sys/vm/nr_hugepages';
const SHMEM_ENABLED = '/sys/kernel/mm/transparent_hugepage/shmem_enabled';
const ONE_GIB_POOL = '/sys/kernel/mm/hugepages/hugepages-1048576kB';

function writable(file: string): boolean {
  try {
    accessSync(file, constants.W_OK);
    return hasKernel;
  } catch {
    return false;
  }
}

/** Runs with a setting of the machine changed, and puts the old value back. */
async function withSetting(
  file: string,
  change: (old: string) => string,
  run: () => void | Promise<void>,
): Promise<void> {
  const text = readFileSync(file, 'utf8').trim();
  const old = /\[(\w+)\]/.exec(text)?.[1] ?? text;
  writeFileSync(file, change(old));
  try {
    await run();
  } finally {
    writeFileSync(file, old);
  }
}

function opened<T>(options: MemoryOptions, use: (memory: Memory) => T): T {
  const memory = kernelBackend.openMemory(options);
  try {
    return use(memory);
  } finally {
    memory.close();
  }
}

const facts = ({ size, pages, hugeBytes }: Memory) => ({ size, pages, hugeBytes });

function failure(options: MemoryOptions): FluxError {
  try {
    kernelBackend.openMemory(options).close();
  } catch (error) {
    return error as FluxError;
  }
  throw new Error('it opened');
}

describe.runIf(hasKernel)('[kernel] memory', () => {
  it.each([
    [1, 4096],
    [4096, 4096],
    [4097, 8192],
    [3 * MIB, 3 * MIB],
  ])('of %d bytes has whole pages: %d', (size, obtained) => {
    expect(opened({ size, pages: '4k' }, facts)).toEqual({
      size: obtained,
      pages: '4k',
      hugeBytes: 0,
    });
  });

  it('is zero, can be written to its last byte, and leaves nothing behind', () => {
    const before = held();
    opened({ size: 3 * MIB, pages: 'auto' }, ({ buffer, size }) => {
      const bytes = new Uint8Array(buffer);
      expect([bytes.length, bytes[0], bytes[size - 1]]).toEqual([size, 0, 0]);
      bytes[size - 1] = 1;
      expect(bytes[size - 1]).toBe(1);
    });
    expect(held()).toEqual(before);
  });

  it('takes plain pages for less than a huge one', () => {
    expect(opened({ size: 2 * MIB - 1, pages: 'auto' }, ({ pages }) => pages)).toBe('4k');
  });

  it.runIf(writable(NR_HUGEPAGES))(
    'has hugetlb pages of 2 MiB where they are reserved',
    async () => {
      await withSetting(
        NR_HUGEPAGES,
        (old) => String(Number(old) + 16),
        async () => {
          const forced = opened({ size: 2 * MIB + 1, pages: 'hugetlb2m' }, facts);
          expect(forced).toEqual({ size: 4 * MIB, pages: 'hugetlb2m', hugeBytes: 4 * MIB });
          const chosen = opened({ size: 4 * MIB, pages: 'auto' }, facts);
          expect(chosen).toEqual({ size: 4 * MIB, pages: 'hugetlb2m', hugeBytes: 4 * MIB });
          // The kernel pins them like others.
          return Umem.open(kernelBackend, { pages: 'hugetlb2m', frameCount: 1 }).then((umem) => {
            expect([umem.memory.size, umem.frames.frameCount]).toEqual([2 * MIB, 1]);
            umem.close();
          });
        },
      );
    },
  );

  it('says how hugetlb pages of 2 MiB are reserved', () => {
    const before = held();
    const error = failure({ size: 2 ** 31, pages: 'hugetlb2m' });
    expect(error).toMatchObject({
      code: 'FLUX_NO_MEMORY',
      syscall: 'mmap',
      context: { size: 2 ** 31, pages: 'hugetlb2m' },
    });
    const pages = /^reserve huge pages: sysctl -w vm\.nr_hugepages=(\d+)$/.exec(error.hint!)?.[1];
    expect(Number(pages)).toBeGreaterThanOrEqual(1024);
    expect(held()).toEqual(before);
  });

  it('says how hugetlb pages of 1 GiB are reserved', () => {
    const error = failure({ size: 2 ** 31, pages: 'hugetlb1g' });
    if (error.code === 'FLUX_UNSUPPORTED') {
      expect(error.hint).toBe(
        "this kernel or processor has no hugetlb1g pages; use umem.pages: 'auto'",
      );
    } else {
      expect(error).toMatchObject({ code: 'FLUX_NO_MEMORY', syscall: 'mmap' });
      expect(error.hint).toContain(`echo 2 > ${ONE_GIB_POOL}/nr_hugepages`);
      expect(error.hint).toContain('hugepagesz=1G hugepages=2');
    }
  });

  it.runIf(writable(SHMEM_ENABLED))('has transparent huge pages where they are allowed', () => {
    return withSetting(
      SHMEM_ENABLED,
      () => 'advise',
      () => {
        const forced = opened({ size: 3 * MIB, pages: 'thp' }, facts);
        expect(forced).toMatchObject({ size: 4 * MIB, pages: 'thp' });
        expect(forced.hugeBytes).toBeGreaterThanOrEqual(forced.size * 0.9);
        const chosen = opened({ size: 3 * MIB, pages: 'auto' }, ({ pages }) => pages);
        expect(['thp', 'hugetlb2m']).toContain(chosen);
      },
    );
  });

  it.runIf(writable(SHMEM_ENABLED))('says how transparent huge pages are allowed', () => {
    return withSetting(
      SHMEM_ENABLED,
      () => 'deny',
      () => {
        const before = held();
        const error = failure({ size: 2 * MIB, pages: 'thp' });
        expect(error).toMatchObject({
          code: 'FLUX_UNSUPPORTED',
          hint: `allow them: echo advise > ${SHMEM_ENABLED}`,
          context: { pages: 'thp', hugeBytes: 0 },
        });
        expect(error.message).toContain('0 of 2097152 bytes are on transparent huge pages');
        expect(held()).toEqual(before);
        const chosen = opened({ size: 2 * MIB, pages: 'auto' }, ({ pages }) => pages);
        expect(['4k', 'hugetlb2m']).toContain(chosen);
      },
    );
  });

  it('lies on the NUMA node that was asked for', () => {
    for (const numaNode of onlineNodes()) {
      for (const pages of ['4k', 'auto'] as const) {
        const options = { size: 4 * MIB, pages, numaNode };
        expect(opened(options, (memory) => memory.numaNode)).toBe(numaNode);
      }
    }
  });

  it('lies on one node where there is one, and anywhere for an interface without', () => {
    const node = opened({ size: 4096, pages: '4k', ifname: 'lo' }, ({ numaNode }) => numaNode);
    if (onlineNodes().length === 1) expect(node).toBe(onlineNodes()[0]);
    else expect([undefined, ...onlineNodes()]).toContain(node);
  });

  it('refuses a NUMA node that is not online', () => {
    const online = onlineNodes();
    const numaNode = Math.max(...online) + 1;
    expect(failure({ size: 4096, pages: '4k', numaNode })).toMatchObject({
      code: 'FLUX_INVALID_OPTION',
      hint: `set umem.numaNode to 'auto', or a node that is online: ${online}`,
      context: { path: 'umem.numaNode', value: numaNode },
    });
  });
});
