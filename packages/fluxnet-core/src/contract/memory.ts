/** Pages that a memory can turn out to have, the largest first. */
export type Pages = 'hugetlb1g' | 'hugetlb2m' | 'thp' | '4k';

/** Pages that a memory can be asked for; `auto` takes hugetlb2m, else thp, else 4k. */
export type PagesOption = Pages | 'auto';

export interface MemoryOptions {
  /** Bytes, 1 to 2 GiB; rounded up to whole pages. */
  readonly size: number;
  readonly pages: PagesOption;
  /** The NUMA node to take pages from; `auto` (default) is that of `ifname`, where there are more. */
  readonly numaNode?: number | 'auto' | undefined;
  /** The interface that the memory is for. */
  readonly ifname?: string | undefined;
}

/**
 * Bytes that frames live in: on Linux a shared memfd, mapped once in the process.
 * Separate from its registration, so that the same bytes can be registered twice.
 */
export interface Memory {
  /** One buffer over the whole memory. Never transfer it; detached by `close()`. */
  readonly buffer: ArrayBuffer;
  /** Bytes obtained, a whole number of pages. */
  readonly size: number;
  /** What was obtained, verified by asking the kernel, not assumed from the request. */
  readonly pages: Pages;
  /** Bytes of it on huge pages when it was opened: all with hugetlb, 90 % or more with thp. */
  readonly hugeBytes: number;
  /** The NUMA node it lies on; undefined when it lies on several, or nobody can tell. */
  readonly numaNode: number | undefined;
  /** Closes the registrations made of it first. Idempotent. */
  close(): void;
}
