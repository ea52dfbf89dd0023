import { readFileSync } from 'node:fs';
import type { Pages } from '../contract/memory.js';
import type { FluxErrorCode } from '../errors.js';
import type { Answer, Attempt } from './system-error.js';

/** Bytes per page. */
export const PAGE_BYTES: Readonly<Record<Pages, number>> = {
  hugetlb1g: 2 ** 30,
  hugetlb2m: 2 ** 21,
  thp: 2 ** 21,
  '4k': 4096,
};

const SYSFS = '/sys/kernel/mm';

/** What errors of the calls that make a memory mean, with the command that would help. */
export function memoryAnswers(pages: Pages, size: number): NonNullable<Attempt['answers']> {
  if (pages !== 'hugetlb1g' && pages !== 'hugetlb2m') {
    return { ENOMEM: { code: 'FLUX_NO_MEMORY', hint: 'use fewer frames' } };
  }
  const missing = (): Answer => ({ code: 'FLUX_NO_MEMORY', hint: reserveCommand(pages, size) });
  const unknown: Answer = {
    code: 'FLUX_UNSUPPORTED',
    hint: `this kernel or processor has no ${pages} pages; use umem.pages: 'auto'`,
  };
  // ENOMEM: none are reserved (mmap). EFAULT: reserved, but not for this cgroup or node (madvise).
  return { ENOMEM: missing, EFAULT: missing, ENODEV: unknown, EINVAL: unknown, ENOSYS: unknown };
}

/** The command that leaves enough huge pages free, counting those that are in use. */
function reserveCommand(pages: 'hugetlb1g' | 'hugetlb2m', size: number): string {
  const pool = `${SYSFS}/hugepages/hugepages-${PAGE_BYTES[pages] / 1024}kB`;
  const count = (file: string) => Number(read(`${pool}/${file}`) ?? 0);
  const inUse = count('nr_hugepages') - count('free_hugepages') + count('resv_hugepages');
  const needed = inUse + size / PAGE_BYTES[pages];
  return pages === 'hugetlb2m'
    ? `reserve huge pages: sysctl -w vm.nr_hugepages=${needed}`
    : `reserve huge pages: echo ${needed} > ${pool}/nr_hugepages, ` +
        `or boot with hugepagesz=1G hugepages=${needed}`;
}

/** Why transparent huge pages were not to be had, and the command that would help. */
export function whyNotTransparent(): { code: FluxErrorCode; hint: string } {
  const file = `${SYSFS}/transparent_hugepage/shmem_enabled`;
  const setting = /\[(\w+)\]/.exec(read(file) ?? '')?.[1];
  if (setting === undefined) {
    return { code: 'FLUX_UNSUPPORTED', hint: "the kernel has none; use umem.pages: 'auto'" };
  }
  if (setting === 'never' || setting === 'deny') {
    return { code: 'FLUX_UNSUPPORTED', hint: `allow them: echo advise > ${file}` };
  }
  return {
    code: 'FLUX_NO_MEMORY',
    hint: 'free memory is fragmented: echo 1 > /proc/sys/vm/compact_memory, then try again',
  };
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
}
