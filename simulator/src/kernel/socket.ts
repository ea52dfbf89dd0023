import {
  type BindOptions,
  errno,
  FluxError,
  type Readiness,
  Resource,
  RING_NEED_WAKEUP,
  type RingRegion,
  type Socket,
  type SocketOptions,
  type SocketStatistics,
} from 'fluxnet-core';
import { ConsumerRing } from './consumer-ring.js';
import { detach } from './detach.js';
import { invalidOption } from './failures.js';
import type { Kernel } from './kernel.js';
import { ProducerRing } from './producer-ring.js';
import type { SimProgram } from './program.js';
import { Publisher } from './publisher.js';
import type { SimQueue } from './queue.js';
import { ReadinessWatch } from './readiness-watch.js';
import { createRing, DESCRIPTOR_BYTES } from './ring-region.js';
import { SHARED_RINGS, SocketOptionTable } from './socket-options.js';
import { TxPath } from './tx-path.js';
import { WaitQueue } from './wait-queue.js';

/** An AF_XDP socket (`struct xdp_sock`): READY when created, BOUND after `bind`. */
export class SimSocket extends Resource implements Socket {
  readonly kernel: Kernel;
  readonly queue: SimQueue;
  readonly rx: RingRegion | undefined;
  readonly tx: RingRegion | undefined;
  readonly rxRing: ProducerRing | undefined;
  readonly txPath: TxPath | undefined;
  readonly waiters = new WaitQueue();
  /** Programs whose map holds this socket: closing removes it (`xsk_delete_from_maps`). */
  readonly programs = new Set<SimProgram>();
  readonly #watch: ReadinessWatch;
  readonly #publisher: Publisher;
  readonly #options: SocketOptionTable;
  #bound = false;
  #removalTold = false;
  /** The kernel's own, on the list of those to flush when the poll ends. */
  flushPending = false;
  rxDropped = 0;
  rxRingFull = 0;

  constructor(queue: SimQueue, { rxRingSize, txRingSize }: SocketOptions) {
    super(queue);
    const { kernel } = queue;
    kernel.faults.check('openSocket', 'socket(AF_XDP)');
    const { startIndex } = kernel.profile;
    this.kernel = kernel;
    this.queue = queue;
    if (rxRingSize !== 0) {
      this.rx = createRing('rxRingSize', rxRingSize, DESCRIPTOR_BYTES, startIndex);
      this.rxRing = new ProducerRing(this.rx);
    }
    if (txRingSize !== 0) {
      this.tx = createRing('txRingSize', txRingSize, DESCRIPTOR_BYTES, startIndex);
      this.txPath = new TxPath(new ConsumerRing(this.tx, DESCRIPTOR_BYTES), queue);
      // Set when the ring is made; copy mode never clears it, whatever the bind flags say.
      this.txPath.ring.words[this.tx.flagsOffset >> 2] = RING_NEED_WAKEUP;
    }
    queue.adopt(this);
    this.#watch = new ReadinessWatch(this);
    this.#publisher = new Publisher(this);
    this.#options = new SocketOptionTable(this);
    this.opened();
  }

  get bound(): boolean {
    return this.#bound;
  }

  get multiBuffer(): boolean {
    return this.queue.multiBuffer;
  }

  get zeroCopy(): boolean {
    return this.#bound && this.queue.zeroCopy !== undefined;
  }

  /** `xsk_bind`; checks are in the kernel's order. */
  bind(options: BindOptions): void {
    this.assertOpen();
    const { kernel, queue } = this;
    const { ifname, queueId, device } = queue;
    kernel.faults.check('bind', 'bind');
    const { boundIfindex } = this.#options;
    if (boundIfindex !== 0 && boundIfindex !== queue.ifindex) {
      throw invalidOption(
        'SO_BINDTOIFINDEX',
        boundIfindex,
        `${queue.ifindex}, of ${ifname}`,
        'bind',
      );
    }
    if (this.#bound) {
      throw new FluxError('FLUX_QUEUE_BUSY', 'the socket is bound already', {
        errno: errno.EBUSY,
        syscall: 'bind',
        hint: 'open another socket',
        context: { ifname, queueId },
      });
    }
    if (device.removed) {
      throw new FluxError('FLUX_UNKNOWN_INTERFACE', `${ifname} was removed`, {
        errno: errno.ENODEV,
        syscall: 'bind',
        hint: 'open a new queue once the interface is back',
        context: { ifname, queueId },
      });
    }
    if (this.rx === undefined && this.tx === undefined) {
      throw invalidOption('rxRingSize', 0, 'not 0 together with txRingSize', 'bind');
    }
    if (queue.owns(this)) queue.assign(options);
    else if (SHARED_RINGS.some((ring) => this.#options.hasRing(ring))) throw ownRings();
    queue.sockets.add(this);
    this.#bound = true;
    kernel.trace.add(this.who, this.zeroCopy ? 'bound, zero-copy' : 'bound, copy');
  }

  /** `__xsk_sendmsg` */
  kick(): number {
    const failure = this.#check('kick');
    if (failure !== 0) return failure;
    if (this.txPath === undefined) return errno.ENOBUFS;
    if (this.queue.zeroCopy === undefined) return this.#transmit(this.txPath);
    this.queue.zeroCopy.wake();
    return 0;
  }

  /** `__xsk_recvmsg`: a copy-mode driver never sleeps, so there is nobody to wake. */
  wakeRx(): number {
    const failure = this.#check('wakeRx');
    if (failure !== 0) return failure;
    if (this.rx === undefined) return errno.ENOBUFS;
    if (this.queue.needWakeup) this.queue.zeroCopy?.wake();
    return 0;
  }

  /** `xsk_poll`: transmits first and swallows how that ended. */
  poll(): Readiness {
    if (this.#check('poll') !== 0) return { readable: false, writable: false };
    if (this.queue.zeroCopy !== undefined) this.queue.zeroCopy.wake();
    else if (this.txPath !== undefined) this.#transmit(this.txPath);
    return {
      readable: this.rxRing?.isEmpty() === false,
      writable: this.txPath?.ring.isWritable() === true,
    };
  }

  watch(interest: Readiness, listener: () => void): void {
    this.assertOpen();
    this.#watch.start(interest, listener);
  }

  unwatch(): void {
    this.#watch.stop();
  }

  statistics(): SocketStatistics {
    this.assertOpen();
    return {
      rxDropped: this.rxDropped,
      // The kernel reports the counter of the RX ring, which it only produces: always 0.
      rxInvalidDescs: 0,
      txInvalidDescs: this.txPath?.invalidDescs ?? 0,
      rxRingFull: this.rxRingFull,
      rxFillRingEmptyDescs: this.#bound ? this.queue.pool.fillRingEmptyDescs : 0,
      txRingEmptyDescs: this.txPath?.ring.emptyDescs ?? 0,
    };
  }

  /** SO_ERROR: that the interface is gone is told once. */
  socketError(): number {
    if (this.closed) return errno.EBADF;
    if (!this.#bound || !this.queue.device.removed || this.#removalTold) return 0;
    this.#removalTold = true;
    return errno.ENETDOWN;
  }

  setOption(level: number, name: number, value: number): number {
    if (this.closed) return errno.EBADF;
    return this.kernel.faults.take('setOption') || this.#options.set(level, name, value);
  }

  getOption(level: number, name: number): number {
    if (this.closed) return errno.EBADF;
    return this.kernel.faults.take('getOption') || this.#options.get(level, name);
  }

  /** A frame reached the socket: stored, or dropped and counted. */
  received(stored: boolean, generic: boolean): void {
    this.#publisher.received(stored, generic);
  }

  /** `xsk_flush`, when the poll ends. */
  flush(): void {
    this.#publisher.flush();
  }

  /** How the trace calls it. */
  get who(): string {
    return `${this.queue.ifname}:${this.queue.queueId}`;
  }

  protected override release(): void {
    const { queue } = this;
    this.#watch.stop();
    this.#bound = false;
    // The kernel's socket of the queue lives on until the queue is closed, with what it holds.
    if (!queue.owns(this)) this.txPath?.abandon();
    queue.sockets.delete(this);
    for (const program of this.programs) program.forget(this);
    if (this.rx !== undefined) detach(this.rx.buffer);
    if (this.tx !== undefined) detach(this.tx.buffer);
    this.kernel.trace.add(this.who, 'closed');
  }

  /** `xsk_check_common`, after the file descriptor was looked up. */
  #check(call: 'kick' | 'wakeRx' | 'poll'): number {
    if (this.closed) return errno.EBADF;
    if (this.kernel.faults.active) {
      const forced = this.kernel.faults.take(call);
      if (forced !== 0) return forced;
    }
    if (!this.#bound || this.queue.device.removed) return errno.ENXIO;
    return this.queue.device.up ? 0 : errno.ENETDOWN;
  }

  #transmit(txPath: TxPath): number {
    const before = txPath.ring.visible;
    const result = txPath.transmit();
    if (txPath.ring.visible !== before) this.waiters.wake('writable');
    return result;
  }
}

/** A socket that shares a queue uses the queue's fill and completion ring (`xsk_bind`). */
export function ownRings(): FluxError {
  return invalidOption('queue', 'the same', 'another queue, or none of its own rings', 'bind');
}
