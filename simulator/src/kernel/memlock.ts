import { errno, FluxError } from 'fluxnet-core';
import type { Kernel } from './kernel.js';

/**
 * Locked memory of the user (`xdp_umem_account_pages`, net/xdp/xdp_umem.c): charged when memory
 * is registered, given back late, and not at all counted with CAP_IPC_LOCK.
 */
export class Memlock {
  readonly #kernel: Kernel;
  limitBytes = Number.POSITIVE_INFINITY;
  #lockedBytes = 0;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  get lockedBytes(): number {
    return this.#lockedBytes;
  }

  /**
   * @returns the bytes that `uncharge` has to be given
   * @throws {FluxError} `FLUX_MEMLOCK` with ENOBUFS
   */
  charge(size: number, syscall: string): number {
    if (this.#kernel.rights.has('CAP_IPC_LOCK')) return 0;
    const left = this.limitBytes - this.#lockedBytes;
    if (size > left) {
      throw new FluxError('FLUX_MEMLOCK', `could not lock ${size} bytes: ${left} are left`, {
        errno: errno.ENOBUFS,
        syscall,
        hint: 'raise the limit: net.setMemlock(bytes), or use fewer frames',
        context: { size, memlockLimit: this.limitBytes },
      });
    }
    this.#lockedBytes += size;
    return size;
  }

  /** The kernel gives back from a work queue (`xdp_umem_release_deferred`). */
  uncharge(bytes: number): void {
    if (bytes === 0) return;
    this.#kernel.releaseLater(() => {
      this.#lockedBytes -= bytes;
    });
  }
}
