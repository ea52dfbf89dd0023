import type { SimMemory } from './memory.js';
import type { SimQueue } from './queue.js';

/**
 * A `struct xdp_umem`: lives from XDP_UMEM_REG until the last socket that uses it is gone. Copy
 * mode, buffers of several descriptors and wake-ups are decided by the first bind and hold for all
 * that share it (`xp_assign_dev`, `xp_assign_dev_shared`, net/xdp/xsk_buff_pool.c).
 */
export class Registration {
  readonly #memory: SimMemory;
  readonly #charged: number;
  #users = 0;
  /** Bound, the oldest first: whom another queue can share with. */
  readonly bound = new Set<SimQueue>();
  zeroCopy = false;
  multiBuffer = false;
  needWakeup = false;

  /** @throws {FluxError} `FLUX_MEMLOCK` */
  constructor(memory: SimMemory) {
    this.#memory = memory;
    this.#charged = memory.kernel.memlock.charge(memory.size, 'setsockopt(XDP_UMEM_REG)');
  }

  /** The oldest socket that is bound; without its interface it is not any more (`xsk_notifier`). */
  first(): SimQueue | undefined {
    for (const queue of this.bound) if (!queue.device.removed) return queue;
    return undefined;
  }

  use(): void {
    this.#users++;
  }

  /** The last one gives the locked memory back (`xdp_put_umem`). */
  leave(): void {
    this.#users--;
    if (this.#users === 0) this.#memory.kernel.memlock.uncharge(this.#charged);
  }
}
