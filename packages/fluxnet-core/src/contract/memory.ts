/** Page sizes a memory can be asked for; `auto` takes the largest that can be had. */
export type PagesOption = 'auto' | 'hugetlb2m' | '4k';

/** Page sizes a memory can turn out to have. */
export type Pages = 'hugetlb2m' | '4k';

export interface MemoryOptions {
  /** Bytes, 1 to 2 GiB; rounded up to whole pages. */
  readonly size: number;
  readonly pages: PagesOption;
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
  /** Closes the registrations made of it first. Idempotent. */
  close(): void;
}
