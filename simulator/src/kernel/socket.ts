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
import { invalidOption, notModelled } from './failures.js';
import type { Kernel } from './kernel.js';
import { ProducerRing } from './producer-ring.js';
import type { SimProgram } from './program.js';
import type { SimQueue } from './queue.js';
import { ReadinessWatch } from './readiness-watch.js';
import { createRing, DESCRIPTOR_BYTES } from './ring-region.js';
import { getSocketOption, setSocketOption } from './socket-options.js';
import { TxPath } from './tx-path.js';
import { WaitQueue } from './wait-queue.js';

/** An AF_XDP socket (`struct xdp_sock`): READY when created, BOUND after `bind`. */
export class SimSocket extends Resource implements Socket {
  readonly queue: SimQueue;
  readonly rx: RingRegion | undefined;
  readonly tx: RingRegion | undefined;
  readonly zeroCopy = false;
  readonly rxRing: ProducerRing | undefined;
  readonly waiters = new WaitQueue();
  /** Programs whose map holds this socket: closing removes it (`xsk_delete_from_maps`). */
  readonly programs = new Set<SimProgram>();
  readonly #txPath: TxPath | undefined;
  readonly #watch = new ReadinessWatch(this);
  #bound = false;
  #removalTold = false;
  rxDropped = 0;
  rxRingFull = 0;

  constructor(queue: SimQueue, { rxRingSize, txRingSize }: SocketOptions) {
    super(queue);
    const { startIndex } = queue.umem.memory.kernel;
    this.queue = queue;
    if (rxRingSize !== 0) {
      this.rx = createRing('rxRingSize', rxRingSize, DESCRIPTOR_BYTES, startIndex);
      this.rxRing = new ProducerRing(this.rx);
    }
    if (txRingSize !== 0) {
      this.tx = createRing('txRingSize', txRingSize, DESCRIPTOR_BYTES, startIndex);
      this.#txPath = new TxPath(new ConsumerRing(this.tx, DESCRIPTOR_BYTES), queue);
      // Set when the ring is made; copy mode never clears it, whatever the bind flags say.
      this.#txPath.ring.words[this.tx.flagsOffset >> 2] = RING_NEED_WAKEUP;
    }
    this.opened();
  }

  get kernel(): Kernel {
    return this.queue.umem.memory.kernel;
  }

  get bound(): boolean {
    return this.#bound;
  }

  /** `xsk_bind`; checks are in the kernel's order. */
  bind(options: BindOptions): void {
    this.assertOpen();
    if (options.multiBuffer) throw notModelled('multiBuffer', options.multiBuffer);
    if (this.#bound) {
      throw new FluxError('FLUX_QUEUE_BUSY', 'the socket is bound already', {
        errno: errno.EBUSY,
        syscall: 'bind',
        hint: 'open another socket',
        context: { ifname: this.queue.ifname, queueId: this.queue.queueId },
      });
    }
    if (this.rx === undefined && this.tx === undefined) {
      throw invalidOption('rxRingSize', 0, 'not 0 together with txRingSize', 'bind');
    }
    this.queue.assign(options.copyMode);
    this.#bound = true;
  }

  /** `__xsk_sendmsg` */
  kick(): number {
    const failure = this.#check();
    if (failure !== 0) return failure;
    return this.#txPath === undefined ? errno.ENOBUFS : this.#transmit(this.#txPath);
  }

  /** `__xsk_recvmsg`: a copy-mode driver never sleeps, so there is nobody to wake. */
  wakeRx(): number {
    const failure = this.#check();
    if (failure !== 0) return failure;
    return this.rx === undefined ? errno.ENOBUFS : 0;
  }

  /** `xsk_poll`: transmits first and swallows how that ended. */
  poll(): Readiness {
    if (this.#check() !== 0) return { readable: false, writable: false };
    if (this.#txPath !== undefined) this.#transmit(this.#txPath);
    return {
      readable: this.rxRing?.isEmpty() === false,
      writable: this.#txPath?.ring.isWritable() === true,
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
    const { ring, invalidDescs } = this.#txPath ?? { ring: undefined, invalidDescs: 0 };
    return {
      rxDropped: this.rxDropped,
      // The kernel reports the counter of the RX ring, which it only produces: always 0.
      rxInvalidDescs: 0,
      txInvalidDescs: invalidDescs,
      rxRingFull: this.rxRingFull,
      rxFillRingEmptyDescs: this.#bound ? this.queue.pool.fillRingEmptyDescs : 0,
      txRingEmptyDescs: ring?.emptyDescs ?? 0,
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
    return setSocketOption(this.#txPath, this.tx?.size ?? 0, level, name, value);
  }

  getOption(level: number, name: number): number {
    return this.closed ? errno.EBADF : getSocketOption(level, name);
  }

  protected override release(): void {
    this.#watch.stop();
    this.#bound = false;
    this.#txPath?.abandon();
    for (const program of this.programs) program.forget(this);
    if (this.rx !== undefined) detach(this.rx.buffer);
    if (this.tx !== undefined) detach(this.tx.buffer);
  }

  /** `xsk_check_common`, after the file descriptor was looked up. */
  #check(): number {
    if (this.closed) return errno.EBADF;
    if (!this.#bound || this.queue.device.removed) return errno.ENXIO;
    return this.queue.device.up ? 0 : errno.ENETDOWN;
  }

  #transmit(txPath: TxPath): number {
    const before = txPath.ring.consumed;
    const result = txPath.transmit();
    if (txPath.ring.consumed !== before) this.waiters.wake('writable');
    return result;
  }
}
