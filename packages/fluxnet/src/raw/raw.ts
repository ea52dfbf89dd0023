import {
  type CompletionRing,
  type FillRing,
  FluxError,
  type FramePool,
  type Program,
  type RxRing,
  type Socket,
  type TxMetadata,
  type TxRing,
  Umem,
  type Xsk,
} from 'fluxnet-core';
import { type EffectivePort, effectivePort } from '../datapath/effective.js';
import { Liveness } from '../datapath/liveness.js';
import { openProgram, openSockets } from '../datapath/open-ports.js';
import type { QueueParts } from '../datapath/port-queue.js';
import { framesOf, queueParts } from '../datapath/queue-parts.js';
import { dumpRings, type RingsDump } from '../debug/ring-dump.js';
import { publish } from '../health/channels.js';
import { type CheckedRaw, checkRawOptions, type RawOptions } from '../options/raw-options.js';
import { POLL_METER_SLOTS, PollMeter, pollerStats } from '../polling/poll-meter.js';
import { Waits } from '../polling/waits.js';
import { kickAll } from './kick-all.js';
import { type RawStats, rawStats } from './stats.js';

/** Everything of a raw port that exists before it: opened by `FluxRaw.open`. */
interface Opened {
  readonly umem: Umem;
  readonly xsk: Xsk;
  readonly program: Program;
  readonly parts: QueueParts;
}

/**
 * One queue of one interface with its four rings, and nothing in between. Who drives it keeps the
 * fill ring full, gives every frame back, and kicks.
 *
 * JavaScript cannot reach outside the memory by it, but it can break the protocol of the rings: a
 * frame that is given to the kernel twice is written by two packets. `debug: true` checks the
 * owner of every frame; `docs/modes.md` lists what is caught and when.
 */
export class FluxRaw {
  readonly effective: EffectivePort;
  readonly rx: RxRing;
  readonly tx: TxRing;
  readonly fill: FillRing;
  readonly completion: CompletionRing;
  /** The free frames. A frame is taken from it before it is given to a ring. */
  readonly frames: FramePool;
  /** Requests with packets to send: see `TxRing.setDescriptorWith`. */
  readonly txMetadata: TxMetadata;
  /** What sends the queue's packets here; for raw ports on other queues of the interface. */
  readonly program: Program;
  /** Every byte of the memory. */
  readonly data: Uint8Array;
  /** The same memory, for multi-byte fields. */
  readonly view: DataView;
  readonly #umem: Umem;
  readonly #ownsProgram: boolean;
  readonly #parts: QueueParts;
  readonly #socket: Socket;
  readonly #waits: Waits;
  readonly #liveness: Liveness;
  readonly #meterSlots = new Float64Array(POLL_METER_SLOTS);
  #kicks = 0;
  #closing: Promise<void> | undefined;

  /**
   * Opens memory, socket and program. The fill ring is empty, so nothing is received yet.
   * @throws {FluxError} of the options, of `Umem.open`, of `Xsk.open`; `FLUX_PROGRAM_CONFLICT`
   */
  static async open(options: RawOptions): Promise<FluxRaw> {
    const checked = checkRawOptions(options);
    const umem = await Umem.open(checked.backend, checked.umem);
    try {
      const [xsk] = (await openSockets(umem, checked.port)) as [Xsk];
      const parts = queueParts(xsk, framesOf(umem, checked.debug));
      const program = checked.program ?? openProgram(umem, checked.port);
      try {
        program.setSocket(xsk.socket);
        return new FluxRaw(checked, { umem, xsk, program, parts });
      } catch (error) {
        if (checked.program === undefined) program.close();
        throw error;
      }
    } catch (error) {
      umem.close();
      throw error;
    }
  }

  private constructor(checked: CheckedRaw, { umem, xsk, program, parts }: Opened) {
    const { backend } = checked;
    this.#umem = umem;
    this.program = program;
    this.#ownsProgram = checked.program === undefined;
    this.#parts = parts;
    this.#socket = xsk.socket;
    this.rx = parts.rx;
    this.tx = parts.tx;
    this.fill = parts.fill;
    this.completion = parts.completion;
    this.frames = parts.frames;
    this.txMetadata = xsk.txMetadata;
    this.data = umem.bytes;
    this.view = umem.view;
    const { tx } = this;
    const source = {
      flush: () => this.flush(),
      get sending() {
        return tx.pending > 0;
      },
      get congested() {
        return tx.pending > tx.size / 2;
      },
      blocked: false,
    };
    const sockets = [xsk.socket];
    const meter = new PollMeter(this.#meterSlots);
    this.#waits = new Waits(backend.clock, sockets, source, checked, meter);
    this.#liveness = new Liveness(backend, sockets, (error) => {
      publish('error', { mode: 'raw', error });
      this.#waits.end(error);
    });
    this.#liveness.start();
    this.effective = effectivePort(program, [xsk]);
    publish('open', { mode: 'raw', effective: this.effective });
  }

  /** Byte offset of a frame. Frames are numbered from 0. */
  addressOf(frame: number): number {
    return frame * this.frames.frameSize;
  }

  /** The frame that a byte offset is in. */
  frameOf(address: number): number {
    return Math.floor(address / this.frames.frameSize);
  }

  /**
   * One `sendto`: makes the kernel transmit.
   * @returns 0, or a negative errno as of `Socket.kick`: -EAGAIN wants completions taken and
   * another kick, -EBUSY says that the device dropped a packet, which completes all the same
   */
  kick(): number {
    this.#kicks++;
    return this.#socket.kick();
  }

  /** One `recvfrom`: wakes a driver that had run out of frames. 0 or a negative errno. */
  wakeRx(): number {
    return this.#socket.wakeRx();
  }

  /**
   * Kicks, where the kernel wants it, until the TX ring is empty or nothing moves any more. Every
   * wait does so before it sleeps.
   * @returns 0, or the negative errno that ended it
   */
  flush(): number {
    return kickAll(this.tx, () => this.kick());
  }

  /**
   * Resolves when a packet is in the RX ring.
   * @throws {FluxError} `FLUX_CLOSED`, `FLUX_INTERFACE_REMOVED`; `signal.reason` when aborted
   */
  readable(options: { readonly signal?: AbortSignal } = {}): Promise<void> {
    return this.#when('packets', () => this.rx.pending > 0 || this.rx.corrupt, options.signal);
  }

  /**
   * Resolves when at most half of the TX ring is in use.
   * @throws as `readable`
   */
  writable(options: { readonly signal?: AbortSignal } = {}): Promise<void> {
    const { tx } = this;
    return this.#when('room', () => tx.pending <= tx.size / 2 || tx.corrupt, options.signal);
  }

  /**
   * Resolves when a frame that was sent is in the completion ring. The kernel wakes nobody for
   * it, so it is looked for every millisecond.
   * @throws as `readable`
   */
  completed(options: { readonly signal?: AbortSignal } = {}): Promise<void> {
    const { completion } = this;
    return this.#when('room', () => completion.pending > 0 || completion.corrupt, options.signal);
  }

  #when(
    waitsFor: 'packets' | 'room',
    isReady: () => boolean,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    if (this.#closing !== undefined) return Promise.reject(closedError());
    if (signal?.aborted === true) return Promise.reject(signal.reason);
    if (this.#waits.mayAnswer && isReady()) return Promise.resolve();
    return this.#waits.wait(waitsFor, isReady, signal);
  }

  /** What the kernel counts, and system calls. @throws {FluxError} `FLUX_CLOSED` */
  stats(): RawStats {
    if (this.#closing !== undefined) throw closedError();
    return {
      ...rawStats(this.#parts, this.program),
      kicks: this.#kicks,
      poller: pollerStats(this.#meterSlots),
    };
  }

  /**
   * Indices, flags and frames of every ring, and where every frame is. For people.
   * @throws {FluxError} `FLUX_CLOSED`
   */
  debugRings(): RingsDump {
    if (this.#closing !== undefined) throw closedError();
    return dumpRings(this.frames, [this.#parts]);
  }

  /** Detaches the program and gives everything back. Who waits gets `FLUX_CLOSED`. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    this.#liveness.stop();
    this.#waits.end(closedError());
    if (this.#ownsProgram) this.program.close();
    this.#umem.close();
    publish('close', { mode: 'raw' });
  }
}

function closedError(): FluxError {
  return new FluxError('FLUX_CLOSED', 'the raw port was closed');
}
