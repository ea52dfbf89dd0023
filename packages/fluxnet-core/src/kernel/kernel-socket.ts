import type { RingRegion } from '../contract/ring.js';
import type {
  BindOptions,
  CopyMode,
  Readiness,
  Socket,
  SocketOptions,
  SocketStatistics,
} from '../contract/socket.js';
import { Resource } from '../resource.js';
import { readQueueCount } from './interface-facts.js';
import type { KernelQueue } from './kernel-queue.js';
import { memlockAnswer, memlockLimit } from './memlock.js';
import type { Native, NativeSocket } from './native.js';
import { queueBusy } from './queue-busy.js';
import { attempt } from './system-error.js';

// include/uapi/linux/if_xdp.h
const COPY_FLAGS: Readonly<Record<CopyMode, number>> = { auto: 0, copy: 1 << 1, zerocopy: 1 << 2 };
const USE_NEED_WAKEUP = 1 << 3;
const USE_SG = 1 << 4;
const SOL_XDP = 283;
const XDP_OPTIONS = 8;
const OPTIONS_ZEROCOPY = 1;
// include/uapi/asm-generic/socket.h
const SOL_SOCKET = 1;
const SO_ERROR = 4;

export class KernelSocket extends Resource implements Socket {
  readonly handle: NativeSocket;
  readonly queue: KernelQueue;
  readonly rx: RingRegion | undefined;
  readonly tx: RingRegion | undefined;
  readonly #native: Native;
  #handedOver = false;

  static open(native: Native, queue: KernelQueue, options: SocketOptions): KernelSocket {
    queue.assertOpen();
    const handle = attempt(
      {
        doing: `open a socket on ${queue.ifname} queue ${queue.queueId}`,
        context: { ifname: queue.ifname, queueId: queue.queueId, ...options },
        answers: {
          EBADF: {
            code: 'FLUX_INVALID_OPTION',
            hint: 'bind the first socket of the queue first; if it failed, close and reopen the queue',
          },
        },
      },
      () => new native.Socket(queue.handle, options.rxRingSize, options.txRingSize),
    );
    return new KernelSocket(native, queue, handle);
  }

  constructor(native: Native, queue: KernelQueue, handle: NativeSocket) {
    super(queue);
    this.#native = native;
    this.queue = queue;
    this.handle = handle;
    const isOpen = () => handle.isOpen();
    const ring = (region: RingRegion | undefined) => region && { ...region, isOpen };
    this.rx = ring(handle.rx());
    this.tx = ring(handle.tx());
    this.opened();
  }

  bind(options: BindOptions): void {
    const { ifname, queueId } = this.queue;
    const flags =
      COPY_FLAGS[options.copyMode] |
      (options.needWakeup ? USE_NEED_WAKEUP : 0) |
      (options.multiBuffer ? USE_SG : 0);
    attempt(
      {
        doing: `bind to ${ifname} queue ${queueId}`,
        context: { ifname, queueId, ...options },
        answers: {
          EBUSY: () => queueBusy(this.#native, this.queue),
          EINVAL: () =>
            this.#queueExists()
              ? { code: 'FLUX_INVALID_OPTION', hint: 'the kernel refused the bind flags' }
              : { code: 'FLUX_QUEUE_OUT_OF_RANGE', hint: `see its queues: ethtool -l ${ifname}` },
          // A bind registers the memory again when the socket that had it is gone.
          ENOBUFS: () => memlockAnswer(this.queue.umem.memory.size, memlockLimit()),
          EOPNOTSUPP: {
            code: 'FLUX_UNSUPPORTED',
            hint: `the driver has no zero-copy here; use copyMode: 'auto'`,
          },
        },
      },
      () => this.handle.bind(this.queue.handle, flags),
    );
  }

  /** Another process may hold it from now on: closed here, it may live on there. */
  handOver(): void {
    this.#handedOver = true;
  }

  get handedOver(): boolean {
    return this.#handedOver;
  }

  kick(): number {
    return this.handle.kick();
  }

  wakeRx(): number {
    return this.handle.wakeRx();
  }

  watch(interest: Readiness, listener: () => void): void {
    attempt({ doing: 'watch the socket' }, () =>
      this.handle.watch(interest.readable, interest.writable, listener),
    );
  }

  unwatch(): void {
    this.handle.unwatch();
  }

  statistics(): SocketStatistics {
    return attempt({ doing: 'read the statistics' }, () => this.handle.statistics());
  }

  get zeroCopy(): boolean {
    const options = this.getOption(SOL_XDP, XDP_OPTIONS);
    return options > 0 && (options & OPTIONS_ZEROCOPY) !== 0;
  }

  socketError(): number {
    const value = this.getOption(SOL_SOCKET, SO_ERROR);
    return value > 0 ? -value : value;
  }

  setOption(level: number, name: number, value: number): number {
    return this.handle.setOption(level, name, value);
  }

  getOption(level: number, name: number): number {
    return this.handle.getOption(level, name);
  }

  protected override release(): void {
    this.handle.close();
  }

  #queueExists(): boolean {
    try {
      return this.queue.queueId < readQueueCount(this.#native, this.queue.ifname);
    } catch {
      return true; // The interface is gone: not a question of its queues.
    }
  }
}
