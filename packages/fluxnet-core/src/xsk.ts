import { noteBound } from './bound-modes.js';
import type { Queue } from './contract/queue.js';
import type { ExportedToIsolate } from './contract/sharing.js';
import type { CopyMode, Socket } from './contract/socket.js';
import { FluxError, isFluxError } from './errors.js';
import { invalid } from './options.js';
import { prefill, reclaimPrefilled, shouldPrefill } from './prefill.js';
import { retryWhile } from './retry.js';
import { CompletionRing } from './rings/completion-ring.js';
import { FillRing } from './rings/fill-ring.js';
import { RxRing } from './rings/rx-ring.js';
import { TxMetadata, type TxMetadataEffective } from './rings/tx-metadata.js';
import { TxRing } from './rings/tx-ring.js';
import { exportObject, importObject } from './sharing.js';
import {
  type BusyPollEffective,
  busyPollEffective,
  enableBusyPoll,
  setTxBudget,
  txMetadataEffective,
} from './socket-features.js';
import type { Umem } from './umem.js';
import {
  checkRingOptions,
  checkXskOptions,
  type XskOpenOptions,
  type XskRingOptions,
} from './xsk-options.js';

/** What really holds for a socket, whatever was asked for as `auto`. */
export interface XskEffective {
  readonly copyMode: 'copy' | 'zerocopy';
  readonly needWakeup: boolean;
  readonly multiBuffer: boolean;
  /** Packets per kick in copy mode; 32 where the kernel has no option for it. */
  readonly txBudget: number;
  readonly busyPoll: BusyPollEffective | undefined;
  /** Frames that the fill ring of a socket that only sends was given (`prefillTxOnly`). */
  readonly prefilledFrames: number;
  /** What may be asked for with a packet to send. */
  readonly txMetadata: TxMetadataEffective;
}

/** A socket for another isolate of this process; can be cloned to a worker as it is. */
export interface ExportedXsk {
  readonly socket: ExportedToIsolate;
  readonly sharing: boolean;
  readonly effective: XskEffective;
}

/** A bound socket with its rings and the fill and completion ring of its queue. */
export class Xsk {
  readonly umem: Umem;
  readonly queue: Queue;
  readonly socket: Socket;
  /** Absent on a socket that only sends. */
  readonly rx: RxRing | undefined;
  /** Absent on a socket that only receives. */
  readonly tx: TxRing | undefined;
  /** Of the queue: sockets that share the queue share this object. */
  readonly fill: FillRing;
  /** Of the queue: carries the completions of all its sockets, mixed. */
  readonly completion: CompletionRing;
  /** Requests with packets to send: gives back their timestamps. */
  readonly txMetadata: TxMetadata;
  readonly effective: XskEffective;
  /** Opened by `share`: the queue is another one's. */
  readonly #sharing: boolean;

  /**
   * Opens and binds a queue. Retries for up to a second while it is busy, because the kernel
   * releases a queue some milliseconds after its last user has closed it.
   * @throws {FluxError} `FLUX_INVALID_OPTION`, `FLUX_UNKNOWN_OPTION`, `FLUX_UNKNOWN_INTERFACE`,
   * `FLUX_QUEUE_OUT_OF_RANGE`, `FLUX_QUEUE_BUSY`, `FLUX_PERMISSION`, `FLUX_UNSUPPORTED`
   */
  static async open(umem: Umem, options: XskOpenOptions): Promise<Xsk> {
    const checked = checkXskOptions(options);
    const { ifname, queueId } = checked.queue;
    const { backend } = umem;
    const { queueCount, xdpFeatures, napi, driver } = backend.interfaceInfo(ifname);
    if (queueId >= queueCount) throw queueOutOfRange(ifname, queueId, queueCount);
    const queue = backend.openQueue(umem.registration, checked.queue);
    try {
      const socket = backend.openSocket(queue, checked.rings);
      if (checked.busyPoll !== undefined) enableBusyPoll(socket, checked.busyPoll);
      await retryWhile(
        backend.clock,
        (error) => isFluxError(error, 'FLUX_QUEUE_BUSY') || isFluxError(error, 'FLUX_MEMLOCK'),
        () => socket.bind(checked.bind),
      );
      checkForcedMode(socket, checked.bind.copyMode);
      const modes = noteBound(queue, checked.bind);
      reclaimPrefilled(umem.frames, queue);
      return new Xsk(umem, socket, false, {
        copyMode: socket.zeroCopy ? 'zerocopy' : 'copy',
        ...modes,
        txBudget: setTxBudget(socket, checked.txBudget, checked.rings.txRingSize),
        busyPoll: checked.busyPoll && busyPollEffective(checked.busyPoll, checked.queue, napi),
        prefilledFrames: shouldPrefill(checked.prefillTxOnly, {
          driver,
          rxRingSize: checked.rings.rxRingSize,
          zeroCopy: socket.zeroCopy,
        })
          ? prefill(umem.frames, ringsOf(queue).fill, queue)
          : 0,
        txMetadata: txMetadataEffective(umem.registration, socket.zeroCopy, xdpFeatures),
      });
    } catch (error) {
      queue.close();
      throw error;
    }
  }

  /**
   * Drives a socket that another process, or another isolate, has opened and passed. Nobody else
   * may drive it, nor another socket of its queue, from now on.
   * @param effective what holds for it, as its opener knows
   * @param owner what was made of the first socket of the queue, where this is another one
   */
  static adopt(umem: Umem, socket: Socket, effective: XskEffective, owner?: Xsk): Xsk {
    return new Xsk(umem, socket, owner !== undefined, effective);
  }

  private constructor(umem: Umem, socket: Socket, sharing: boolean, effective: XskEffective) {
    this.umem = umem;
    this.queue = socket.queue;
    this.socket = socket;
    this.rx =
      socket.rx === undefined ? undefined : new RxRing(socket.rx, umem.registration.unaligned);
    this.txMetadata = new TxMetadata(umem.registration, umem.view, effective.txMetadata);
    this.tx = socket.tx === undefined ? undefined : new TxRing(socket.tx, this.txMetadata);
    const { fill, completion } = ringsOf(socket.queue);
    this.fill = fill;
    this.completion = completion;
    this.effective = effective;
    this.#sharing = sharing;
  }

  /**
   * Opens another socket on the same queue, with RX and TX rings of its own. Which socket a frame
   * goes to is the program's choice. All sockets of a queue must be used from one thread, and are
   * closed with the first one.
   * @throws {FluxError} `FLUX_INVALID_OPTION`, `FLUX_UNKNOWN_OPTION`, `FLUX_CLOSED`
   */
  share(options: XskRingOptions = {}): Xsk {
    const rings = checkRingOptions(options);
    const socket = this.umem.backend.openSocket(this.queue, rings);
    try {
      // Flags other than the shared one belong to the queue (xsk_bind, net/xdp/xsk.c).
      socket.bind({ copyMode: 'auto', needWakeup: false, multiBuffer: false });
      const txBudget = setTxBudget(socket, 'auto', rings.txRingSize);
      return new Xsk(this.umem, socket, true, { ...this.effective, txBudget });
    } catch (error) {
      socket.close();
      throw error;
    }
  }

  /**
   * This socket with its queue, for a worker of this process. One isolate drives a queue at a time:
   * rings and frames belong to the worker from here on. When it has ended the next one may import
   * the same again, and goes on where the indices are.
   * @throws {FluxError} `FLUX_CLOSED`, `FLUX_UNSUPPORTED` where the backend cannot share
   */
  export(): ExportedXsk {
    const socket = exportObject(this.umem.backend, this.socket);
    return { socket, sharing: this.#sharing, effective: this.effective };
  }

  /**
   * A socket of another isolate, which goes on where that one has left the rings. The isolate that
   * opened it closes it for all; closing it here closes what this isolate has of it.
   * @param umem the registration that it was opened on, imported
   * @throws {FluxError} `FLUX_CLOSED`, `FLUX_INVALID_OPTION`, `FLUX_UNSUPPORTED`
   */
  static import(umem: Umem, exported: ExportedXsk): Xsk {
    const { sharing, effective } = exported;
    const socket = importObject(umem.backend, exported.socket, 'socket');
    if (socket.queue.umem !== umem.registration) {
      throw invalid('umem', umem.registration, 'the registration that the socket was opened on');
    }
    return new Xsk(umem, socket, sharing, effective);
  }

  /** By itself, or with the queue, the registration or the memory that it was opened on. */
  get closed(): boolean {
    return (this.rx ?? this.tx!).detached;
  }

  /** Closes the socket, and with the first one its queue. Idempotent. */
  close(): void {
    if (this.#sharing) this.socket.close();
    else this.queue.close();
  }
}

/** Fill and completion ring have one cursor, whichever of the queue's sockets is asked. */
const rings = new WeakMap<Queue, Pick<Xsk, 'fill' | 'completion'>>();

function ringsOf(queue: Queue): Pick<Xsk, 'fill' | 'completion'> {
  const known = rings.get(queue);
  if (known !== undefined) return known;
  const fill = new FillRing(queue.fill);
  const completion = new CompletionRing(queue.completion, queue.umem.unaligned);
  rings.set(queue, { fill, completion });
  return { fill, completion };
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

/** A queue that shares a UMEM inherits the mode of the first one and ignores its own flags. */
function checkForcedMode(socket: Socket, copyMode: CopyMode): void {
  const obtained: CopyMode = socket.zeroCopy ? 'zerocopy' : 'copy';
  if (copyMode === 'auto' || copyMode === obtained) return;
  const { ifname, queueId } = socket.queue;
  throw new FluxError(
    'FLUX_UNSUPPORTED',
    `${ifname} queue ${queueId} shares a UMEM that is in ${obtained} mode, not ${copyMode}`,
    {
      hint: "open it on umem.registerAgain(), or use copyMode: 'auto'",
      context: { ifname, queueId, copyMode },
    },
  );
}
