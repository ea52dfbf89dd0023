import type { Queue } from './contract/queue.js';
import type { CopyMode, Socket } from './contract/socket.js';
import { FluxError, isFluxError } from './errors.js';
import {
  checkBoolean,
  checkInteger,
  checkKeys,
  checkOneOf,
  checkPowerOfTwo,
  checkString,
} from './options.js';
import { retryWhile } from './retry.js';
import { CompletionRing } from './rings/completion-ring.js';
import { FillRing } from './rings/fill-ring.js';
import { RxRing } from './rings/rx-ring.js';
import { TxRing } from './rings/tx-ring.js';
import type { Umem } from './umem.js';

export interface XskOpenOptions {
  readonly ifname: string;
  /** Default 0. */
  readonly queueId?: number;
  /** Entries, powers of two up to 65536. Default 2048. */
  readonly rxRingSize?: number;
  readonly txRingSize?: number;
  readonly fillRingSize?: number;
  readonly completionRingSize?: number;
  /** Default `auto`: zero-copy where the driver has it. Forced and unavailable is an error. */
  readonly copyMode?: CopyMode;
  /** Default true: the kernel says when it needs a kick. */
  readonly needWakeup?: boolean;
}

const MAX_RING_SIZE = 65536;
const DEFAULT_RING_SIZE = 2048;
const KEYS = [
  'ifname',
  'queueId',
  'rxRingSize',
  'txRingSize',
  'fillRingSize',
  'completionRingSize',
  'copyMode',
  'needWakeup',
] as const;

/** A bound socket with a queue of its own: the four rings and the calls that go with them. */
export class Xsk {
  readonly umem: Umem;
  readonly queue: Queue;
  readonly socket: Socket;
  readonly rx: RxRing;
  readonly tx: TxRing;
  readonly fill: FillRing;
  readonly completion: CompletionRing;
  #closed = false;

  /**
   * Opens and binds. Retries for up to a second while the queue is busy, because the kernel
   * releases a queue some milliseconds after its last user has closed it.
   * @throws {FluxError} `FLUX_INVALID_OPTION`, `FLUX_UNKNOWN_OPTION`, `FLUX_UNKNOWN_INTERFACE`,
   * `FLUX_QUEUE_OUT_OF_RANGE`, `FLUX_QUEUE_BUSY`, `FLUX_PERMISSION`, `FLUX_UNSUPPORTED`
   */
  static async open(umem: Umem, options: XskOpenOptions): Promise<Xsk> {
    checkKeys('xsk', options, KEYS);
    const ifname = checkString('xsk.ifname', options.ifname);
    const queueId = checkInteger('xsk.queueId', options.queueId ?? 0, 0, 65535);
    const ringSize = (name: 'rxRingSize' | 'txRingSize' | 'fillRingSize' | 'completionRingSize') =>
      checkPowerOfTwo(`xsk.${name}`, options[name] ?? DEFAULT_RING_SIZE, 1, MAX_RING_SIZE);
    const sizes = {
      rxRingSize: ringSize('rxRingSize'),
      txRingSize: ringSize('txRingSize'),
      fillRingSize: ringSize('fillRingSize'),
      completionRingSize: ringSize('completionRingSize'),
    };
    const copyMode = checkOneOf('xsk.copyMode', options.copyMode ?? 'auto', [
      'auto',
      'copy',
      'zerocopy',
    ]);
    const needWakeup = checkBoolean('xsk.needWakeup', options.needWakeup ?? true);

    const { queueCount } = umem.backend.interfaceInfo(ifname);
    if (queueId >= queueCount) throw queueOutOfRange(ifname, queueId, queueCount);
    const queue = umem.backend.openQueue(umem.registration, { ifname, queueId, ...sizes });
    try {
      const socket = umem.backend.openSocket(queue, sizes);
      await retryWhile(
        umem.backend.clock,
        (error) => isFluxError(error, 'FLUX_QUEUE_BUSY'),
        () => socket.bind({ copyMode, needWakeup, multiBuffer: false }),
      );
      return new Xsk(umem, queue, socket);
    } catch (error) {
      queue.close();
      throw error;
    }
  }

  private constructor(umem: Umem, queue: Queue, socket: Socket) {
    this.umem = umem;
    this.queue = queue;
    this.socket = socket;
    this.rx = new RxRing(socket.rx!);
    this.tx = new TxRing(socket.tx!);
    this.fill = new FillRing(queue.fill);
    this.completion = new CompletionRing(queue.completion);
    umem.addDependent(this);
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Cuts the rings off, then closes socket and queue. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const ring of [this.rx, this.tx, this.fill, this.completion]) ring.detach();
    this.queue.close();
    this.umem.removeDependent(this);
  }
}

function queueOutOfRange(ifname: string, queueId: number, queueCount: number): FluxError {
  return new FluxError(
    'FLUX_QUEUE_OUT_OF_RANGE',
    `${ifname} has ${queueCount} ${queueCount === 1 ? 'queue' : 'queues'}, ` +
      `queue ${queueId} does not exist`,
    {
      hint: `use a queue from 0 to ${queueCount - 1}, or see: ethtool -l ${ifname}`,
      context: { ifname, queueId, queueCount },
    },
  );
}
