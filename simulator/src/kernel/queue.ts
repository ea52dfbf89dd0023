import {
  type BindOptions,
  errno,
  FluxError,
  type Queue,
  type QueueOptions,
  Resource,
  type RingRegion,
} from 'fluxnet-core';
import { BufferPool } from './buffer-pool.js';
import { Completions } from './completions.js';
import { ConsumerRing } from './consumer-ring.js';
import { detach } from './detach.js';
import { invalidOption } from './failures.js';
import type { Kernel } from './kernel.js';
import type { NetDevice } from './net-device.js';
import { ProducerRing } from './producer-ring.js';
import { Registration } from './registration.js';
import { ADDRESS_BYTES, createRing } from './ring-region.js';
import { ownRings, type SimSocket } from './socket.js';
import type { SimUmem } from './umem.js';
import { ZeroCopyQueue } from './zero-copy-queue.js';

/**
 * Fill and completion ring for one queue of an interface. The first bind takes the interface's
 * queue (`xp_assign_dev`); it stays taken until this object closes, because a mapped ring keeps
 * the kernel's socket alive, and for a moment longer, because the kernel releases it from a
 * work queue (`xp_release_deferred`, net/xdp/xsk_buff_pool.c).
 */
export class SimQueue extends Resource implements Queue {
  readonly kernel: Kernel;
  readonly umem: SimUmem;
  readonly device: NetDevice;
  readonly ifname: string;
  readonly ifindex: number;
  readonly queueId: number;
  readonly fill: RingRegion;
  readonly completion: RingRegion;
  readonly completions: Completions;
  readonly pool: BufferPool;
  /** `pool->xsk_tx_list`: bound sockets, in order of their bind. */
  readonly sockets = new Set<SimSocket>();
  /** The driver's half, in zero-copy mode. */
  zeroCopy: ZeroCopyQueue | undefined;
  #registration: Registration | undefined;
  #assigned = false;
  #owner: SimSocket | undefined;

  constructor(umem: SimUmem, device: NetDevice, options: QueueOptions) {
    super(umem);
    const { kernel } = umem.memory;
    const { queueId, fillRingSize, completionRingSize } = options;
    kernel.faults.check('openQueue', 'setsockopt(XDP_UMEM_FILL_RING)');
    // The kernel cuts the id to 16 bits and would bind 65537 to queue 1.
    if (!(Number.isInteger(queueId) && queueId >= 0 && queueId <= 65535)) {
      throw invalidOption('queueId', queueId, 'an integer from 0 to 65535');
    }
    const { startIndex } = kernel.profile;
    this.kernel = kernel;
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
    this.pool = new BufferPool(new ConsumerRing(this.fill, ADDRESS_BYTES), umem);
    this.completions = new Completions(new ProducerRing(this.completion), device, () => {
      for (const socket of this.sockets) socket.waiters.wake('writable');
    });
    this.#registration = umem.takeRegistration();
    if (this.#registration === undefined) {
      // Not the first one: it is a socket of its own.
      kernel.rights.demand('socket(AF_XDP)', 'open a socket', 'CAP_NET_RAW');
    }
    this.opened();
  }

  get assigned(): boolean {
    return this.#assigned;
  }

  /** `XDP_USE_SG` of the first bind of the registration. */
  get multiBuffer(): boolean {
    return this.#registration?.multiBuffer === true;
  }

  get needWakeup(): boolean {
    return this.#registration?.needWakeup === true;
  }

  /**
   * The first socket is the kernel's socket of this queue; others share with it, so that it has to
   * be bound (`xsk_bind`).
   */
  adopt(socket: SimSocket): void {
    if (this.#owner === undefined) {
      this.#owner = socket;
      return;
    }
    const { kernel, ifname, queueId } = this;
    if (!this.#assigned) {
      throw new FluxError('FLUX_INVALID_OPTION', `${ifname} queue ${queueId} is not bound yet`, {
        errno: errno.EBADF,
        syscall: 'socket(AF_XDP)',
        hint: 'bind the first socket of the queue first; if it failed, close and reopen the queue',
        context: { ifname, queueId },
      });
    }
    kernel.rights.demand('socket(AF_XDP)', 'open a socket', 'CAP_NET_RAW');
  }

  isSameQueue({ device, queueId }: SimQueue): boolean {
    return this.device === device && this.queueId === queueId;
  }

  owns(socket: SimSocket): boolean {
    return this.#owner === socket;
  }

  /** Takes the interface's queue, unless this object has it already (`xp_assign_dev`). */
  assign(options: BindOptions): void {
    if (this.#assigned) return;
    const shared = this.#registration === undefined ? this.umem.sharedRegistration() : undefined;
    if (this.#registration === undefined && shared === undefined) {
      this.#registration = new Registration(this.umem.memory);
      this.#registration.use();
    }
    if (shared?.first()?.isSameQueue(this) === true) throw ownRings();
    const registration = shared ?? this.#registration!;
    this.#ensureFree();
    if (shared === undefined) {
      registration.multiBuffer ||= options.multiBuffer;
      registration.needWakeup = options.needWakeup;
      registration.zeroCopy = this.#choosesZeroCopy(options, registration.multiBuffer);
    } else {
      if (shared.zeroCopy && !this.device.zeroCopy) throw this.#noZeroCopy();
      shared.use();
      this.#registration = shared;
    }
    registration.bound.add(this);
    this.umem.registrations.add(registration);
    this.device.busyQueues.add(this.queueId);
    this.#assigned = true;
    if (registration.zeroCopy) this.#startZeroCopy();
  }

  #choosesZeroCopy({ copyMode }: BindOptions, multiBuffer: boolean): boolean {
    if (copyMode === 'copy') return false;
    const { device, pool } = this;
    if (device.zeroCopy && !(multiBuffer && device.zeroCopyMaxSegments === 1)) {
      const segments = multiBuffer ? device.zeroCopyMaxSegments : 1;
      // Ethernet header, two VLAN tags, checksum (`xp_assign_dev`).
      if (device.mtu + 14 + 8 + 4 <= pool.hardwareCapacity(multiBuffer) * segments) return true;
      if (copyMode === 'auto') return false;
      throw invalidOption('copyMode', copyMode, 'copy: the MTU is larger than a frame', 'bind');
    }
    if (copyMode === 'auto') return false;
    throw this.#noZeroCopy();
  }

  #noZeroCopy(): FluxError {
    const { ifname, queueId } = this;
    return new FluxError('FLUX_UNSUPPORTED', `the driver of ${ifname} has no zero-copy`, {
      errno: errno.EOPNOTSUPP,
      syscall: 'bind',
      hint: "use copyMode: 'auto', or a simulated interface with zeroCopy: true",
      context: { ifname, queueId },
    });
  }

  #startZeroCopy(): void {
    this.zeroCopy = new ZeroCopyQueue(this);
    this.device.zeroCopyQueues.set(this.queueId, this.zeroCopy);
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
    this.completions.close();
    if (this.zeroCopy !== undefined) this.device.zeroCopyQueues.delete(this.queueId);
    const registration = this.#registration;
    if (registration !== undefined) {
      registration.bound.delete(this);
      if (registration.bound.size === 0) this.umem.registrations.delete(registration);
      registration.leave();
    }
    if (this.#assigned) {
      const { device, queueId } = this;
      this.kernel.releaseLater(() => device.busyQueues.delete(queueId));
    }
    detach(this.fill.buffer);
    detach(this.completion.buffer);
  }
}
