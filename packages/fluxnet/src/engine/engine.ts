import { type Backend, FluxError, type FramePool, Umem } from 'fluxnet-core';
import { drain } from '../datapath/drain.js';
import { type Effective, effectiveModes } from '../datapath/effective.js';
import { frameLedger } from '../datapath/frame-ledger.js';
import { Liveness } from '../datapath/liveness.js';
import { openPorts, type Port } from '../datapath/open-ports.js';
import { PacketLoop } from '../datapath/packet-loop.js';
import { framesOf } from '../datapath/queue-parts.js';
import { portStats } from '../datapath/stats.js';
import { dumpRings, type RingsDump } from '../debug/ring-dump.js';
import { type Deferred, deferred } from '../deferred.js';
import { publish } from '../health/channels.js';
import {
  type CheckedEngine,
  checkEngineOptions,
  type EngineOptions,
} from '../options/engine-options.js';
import { EventLoopRunner } from '../polling/event-loop-runner.js';
import { POLL_METER_SLOTS, PollMeter, pollerStats } from '../polling/poll-meter.js';
import { EngineWork } from './engine-work.js';
import type { EngineStats } from './stats.js';

/**
 * A managed packet loop over one or more ports that share one memory: it keeps the fill rings
 * full, hands batches to the handler, carries out what the handler decided and sleeps when there
 * is nothing to do. Runs on the event loop of the thread that opened it.
 */
export class FluxEngine {
  /** What really holds: modes and page size that were asked for as `auto`. */
  readonly effective: Effective;
  /** What it was opened on. */
  readonly backend: Backend;
  readonly #umem: Umem;
  readonly #ports: readonly Port[];
  readonly #loop: PacketLoop;
  readonly #work: EngineWork;
  readonly #runner: EventLoopRunner;
  readonly #liveness: Liveness;
  readonly #meterSlots = new Float64Array(POLL_METER_SLOTS);
  #finished: Deferred<void> | undefined;
  #stopping = false;
  #closing: Promise<void> | undefined;
  #closed = false;

  /**
   * Opens everything, or nothing: after a failure nothing stays bound or attached.
   * @throws {FluxError} of the options, of `Umem.open`, of `Xsk.open`; `FLUX_PROGRAM_CONFLICT`
   */
  static async open(options: EngineOptions): Promise<FluxEngine> {
    const checked = checkEngineOptions(options);
    const umem = await Umem.open(checked.backend, checked.umem);
    try {
      const frames = framesOf(umem, checked.debug);
      const ports = await openPorts(umem, frames, checked.ports);
      return new FluxEngine(checked, umem, frames.pool, ports);
    } catch (error) {
      umem.close();
      throw error;
    }
  }

  private constructor(
    checked: CheckedEngine,
    umem: Umem,
    frames: FramePool,
    ports: readonly Port[],
  ) {
    const queues = ports.flatMap((port) => port.queues);
    const sockets = queues.map(({ parts }) => parts.socket);
    this.backend = checked.backend;
    this.#umem = umem;
    this.#ports = ports;
    this.#loop = new PacketLoop(umem, frames, queues, { ...checked, portCount: ports.length });
    this.#work = new EngineWork(this.#loop, checked.handler, checked.onHandlerError);
    this.#runner = new EventLoopRunner(
      checked.backend.clock,
      sockets,
      this.#work,
      checked,
      new PollMeter(this.#meterSlots),
      (error) => this.#finish(error),
    );
    this.#liveness = new Liveness(checked.backend, sockets, (error) => this.#runner.fail(error));
    this.effective = effectiveModes(umem, ports);
    publish('open', { mode: 'engine', effective: this.effective });
  }

  /**
   * Processes packets until `stop()`, `close()` or the signal ends it. While it runs, another call
   * joins it.
   * @throws {FluxError} `FLUX_HANDLER_FAILED` with the handler's error as `cause`,
   * `FLUX_INTERFACE_REMOVED`, `FLUX_RING_CORRUPT`, `FLUX_CLOSED`, those of `Backend.watchLinks`
   */
  run(options: { readonly signal?: AbortSignal } = {}): Promise<void> {
    if (this.#closing !== undefined) return Promise.reject(closedError());
    // A stop that is under way ends first.
    if (this.#stopping) return this.#finished!.promise.then(() => this.run(options));
    const { signal } = options;
    if (signal?.aborted === true && this.#finished === undefined) return Promise.resolve();
    try {
      this.#finished ??= this.#start();
    } catch (error) {
      return Promise.reject(error);
    }
    const { promise } = this.#finished;
    if (signal === undefined) return promise;
    const stop = () => this.stop();
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    return promise.finally(() => signal.removeEventListener('abort', stop));
  }

  #start(): Deferred<void> {
    this.#liveness.start();
    this.#runner.start();
    return deferred<void>();
  }

  /** Ends `run()` after the current turn. Sockets and programs stay; packets wait in the rings. */
  stop(): void {
    if (this.#finished === undefined) return;
    this.#stopping = true;
    this.#runner.stop();
  }

  #finish(error: unknown): void {
    const finished = this.#finished;
    this.#finished = undefined;
    this.#stopping = false;
    this.#liveness.stop();
    this.#loop.dropWaiting();
    if (error === undefined) finished?.resolve();
    else {
      publish('error', { mode: 'engine', error });
      finished?.reject(error);
    }
  }

  /** Has `close()` ended? */
  get closed(): boolean {
    return this.#closed;
  }

  /** A snapshot of every counter. Not for the hot path. @throws {FluxError} `FLUX_CLOSED` */
  stats(): EngineStats {
    if (this.#closed) throw closedError();
    this.#loop.collect();
    const { queues, frames } = this.#loop;
    return {
      timeMs: this.backend.clock.now(),
      ports: this.#ports.map(portStats),
      frames: frameLedger(frames, queues, this.#loop.heldFrames, 0),
      inBatch: this.#loop.heldPackets,
      poller: pollerStats(this.#meterSlots),
      handlerErrors: this.#work.handlerErrors,
    };
  }

  /**
   * Indices, flags and frames of every ring, and where every frame is. For people.
   * @throws {FluxError} `FLUX_CLOSED`
   */
  debugRings(): RingsDump {
    if (this.#closed) throw closedError();
    const { frames, queues } = this.#loop;
    return dumpRings(
      frames,
      queues.map(({ parts }) => parts),
    );
  }

  /**
   * Stops, detaches the programs, waits up to 100 ms for frames on their way out, and gives
   * everything back. The interfaces belong to the host again. Idempotent.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    this.stop();
    await this.#finished?.promise.catch(() => {}); // run() has reported it.
    for (const { program } of this.#ports) program.close();
    await drain(this.backend.clock, this.#loop);
    this.#closed = true;
    publish('close', { mode: 'engine' });
    this.#umem.close();
  }
}

function closedError(): FluxError {
  return new FluxError('FLUX_CLOSED', 'the engine was closed');
}
