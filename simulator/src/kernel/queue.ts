import {
  type CopyMode,
  errno,
  FluxError,
  type Queue,
  type QueueOptions,
  Resource,
  type RingRegion,
} from 'fluxnet-core';
import { BufferPool } from './buffer-pool.js';
import { ConsumerRing } from './consumer-ring.js';
import { detach } from './detach.js';
import { invalidOption, notModelled } from './failures.js';
import type { NetDevice } from './net-device.js';
import { ProducerRing } from './producer-ring.js';
import { ADDRESS_BYTES, createRing } from './ring-region.js';
import type { SimUmem } from './umem.js';

/**
 * Fill and completion ring for one queue of an interface. The first bind takes the interface's
 * queue (`xp_assign_dev`); it stays taken until this object closes, because a mapped ring keeps
 * the kernel's socket alive, and for a moment longer, because the kernel releases it from a
 * work queue (`xp_release_deferred`, net/xdp/xsk_buff_pool.c).
 */
export class SimQueue extends Resource implements Queue {
  readonly umem: SimUmem;
  readonly device: NetDevice;
  readonly ifname: string;
  readonly ifindex: number;
  readonly queueId: number;
  readonly fill: RingRegion;
  readonly completion: RingRegion;
  readonly completionRing: ProducerRing;
  readonly pool: BufferPool;
  #assigned = false;

  constructor(umem: SimUmem, device: NetDevice, options: QueueOptions) {
    super(umem);
    const { startIndex } = umem.memory.kernel;
    const { queueId, fillRingSize, completionRingSize } = options;
    // The kernel cuts the id to 16 bits and would bind 65537 to queue 1.
    if (!(Number.isInteger(queueId) && queueId >= 0 && queueId <= 65535)) {
      throw invalidOption('queueId', queueId, 'an integer from 0 to 65535');
    }
    this.umem = umem;
    this.device = device;
    this.ifname = device.ifname;
    this.ifindex = device.ifindex;
    this.queueId = queueId;
    this.fill = createRing('fillRingSize', fillRingSize, ADDRESS_BYTES, startIndex);
    this.completion = createRing(
      'completionRingSize',
      completionRingSize,
      ADDRESS_BYTES,
      startIndex,
    );
    const fillRing = new ConsumerRing(this.fill, ADDRESS_BYTES);
    this.completionRing = new ProducerRing(this.completion);
    this.pool = new BufferPool(fillRing, umem.memory.size, umem.chunkSize, umem.frameHeadroom);
    this.opened();
  }

  /** Takes the interface's queue, unless this object has it already (`xp_assign_dev`). */
  assign(copyMode: CopyMode): void {
    this.#ensurePresent();
    if (!this.#assigned) this.#ensureFree();
    if (copyMode === 'zerocopy') throw notModelled('copyMode', copyMode);
    this.device.busyQueues.add(this.queueId);
    this.#assigned = true;
  }

  #ensurePresent(): void {
    if (!this.device.removed) return;
    throw new FluxError('FLUX_UNKNOWN_INTERFACE', `${this.ifname} was removed`, {
      errno: errno.ENODEV,
      syscall: 'bind',
      hint: 'open a new queue once the interface is back',
      context: { ifname: this.ifname, queueId: this.queueId },
    });
  }

  #ensureFree(): void {
    const { device, queueId } = this;
    const context = { ifname: this.ifname, queueId };
    if (device.busyQueues.has(queueId)) {
      throw new FluxError('FLUX_QUEUE_BUSY', `${this.ifname} queue ${queueId} is in use`, {
        errno: errno.EBUSY,
        syscall: 'bind',
        hint: 'close the socket that holds it; the kernel releases a queue some 20 ms later',
        context,
      });
    }
    if (queueId >= device.queueCount) {
      const message = `${this.ifname} has ${device.queueCount} queues, no queue ${queueId}`;
      throw new FluxError('FLUX_QUEUE_OUT_OF_RANGE', message, {
        errno: errno.EINVAL,
        syscall: 'bind',
        hint: `use a queue from 0 to ${device.queueCount - 1}`,
        context: { ...context, queueCount: device.queueCount },
      });
    }
  }

  protected override release(): void {
    if (this.#assigned) {
      const { device, queueId } = this;
      const { scheduler, releaseDelayNs } = this.umem.memory.kernel;
      const free = () => device.busyQueues.delete(queueId);
      if (releaseDelayNs === 0) free();
      else scheduler.after(releaseDelayNs, free);
    }
    detach(this.fill.buffer);
    detach(this.completion.buffer);
  }
}
