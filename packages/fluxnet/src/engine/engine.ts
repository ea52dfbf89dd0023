import {
  type Backend,
  type Clock,
  errno,
  errnoName,
  FluxError,
  type LinkWatch,
  type Timer,
  Umem,
} from 'fluxnet-core';
import { Batch, DROP } from './batch.js';
import { Counter } from './counters.js';
import { type Deferred, deferred } from './deferred.js';
import { effectiveModes, openPorts } from './open-ports.js';
import { type BatchHandler, checkEngineOptions, type EngineOptions } from './options.js';
import type { Port } from './port.js';
import { type Effective, type EngineStats, frameLedger, portStats } from './stats.js';

/** While frames are on their way out nothing wakes us for their completion, so we look. */
const COMPLETION_CHECK_MS = 1;
/**
 * The kernel wakes nobody when an interface is removed; a system call on the socket tells. Link
 * events say when to ask. The timer is for interfaces that they do not speak of: removed before
 * the run, or of another network namespace, whose socket was handed to us.
 */
const LIVENESS_CHECK_MS = 500;
const DRAIN_LIMIT_MS = 100;

const READABLE = { readable: true, writable: false };

/**
 * A managed packet loop over one or more ports that share one memory: it keeps the fill rings
 * full, hands batches to the handler, carries out what the handler decided and sleeps when there
 * is nothing to do. Runs on the event loop of the thread that opened it.
 */
export class FluxEngine {
  /** What really holds: modes and page size that were asked for as `auto`. */
  readonly effective: Effective;
  readonly #backend: Backend;
  readonly #clock: Clock;
  readonly #umem: Umem;
  readonly #ports: readonly Port[];
  readonly #batch: Batch;
  readonly #handler: BatchHandler;
  readonly #batchSize: number;
  readonly #turnBudgetMs: number;
  #state: 'idle' | 'running' | 'stopping' | 'closed' = 'idle';
  #finished: Deferred<void> | undefined;
  #closing: Promise<void> | undefined;
  #turnScheduled = false;
  #inHandler = 0;
  #sleepTimer: Timer | undefined;
  #livenessTimer: Timer | undefined;
  #linkWatch: LinkWatch | undefined;

  /**
   * Opens everything, or nothing: after a failure nothing stays bound or attached.
   * @throws {FluxError} of the options, of `Umem.open`, of `Xsk.open`; `FLUX_PROGRAM_CONFLICT`
   */
  static async open(options: EngineOptions): Promise<FluxEngine> {
    const checked = checkEngineOptions(options);
    const ifname = options.ports[0]!.ifname;
    const umem = await Umem.open(options.backend, { ifname, ...options.umem });
    try {
      return new FluxEngine(options, checked, umem, await openPorts(umem, options.ports));
    } catch (error) {
      umem.close();
      throw error;
    }
  }

  private constructor(
    options: EngineOptions,
    checked: { batchSize: number; turnBudgetMs: number },
    umem: Umem,
    ports: readonly Port[],
  ) {
    this.#backend = options.backend;
    this.#clock = options.backend.clock;
    this.#handler = options.handler;
    this.#batchSize = checked.batchSize;
    this.#turnBudgetMs = checked.turnBudgetMs;
    this.#umem = umem;
    this.#ports = ports;
    this.#batch = new Batch(umem.bytes, umem.view, checked.batchSize, ports.length);
    this.effective = effectiveModes(umem, ports);
  }

  /**
   * Processes packets until `stop()`, `close()` or the signal ends it. While it runs, another call
   * joins it.
   * @throws {FluxError} `FLUX_HANDLER_FAILED` with the handler's error as `cause`,
   * `FLUX_INTERFACE_REMOVED`, `FLUX_RING_CORRUPT`, `FLUX_CLOSED`, those of `Backend.watchLinks`
   */
  run(options: { readonly signal?: AbortSignal } = {}): Promise<void> {
    if (this.#closing !== undefined) {
      return Promise.reject(new FluxError('FLUX_CLOSED', 'the engine was closed'));
    }
    // A stop that is under way ends first.
    if (this.#state === 'stopping') return this.#finished!.promise.then(() => this.run(options));
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
    this.#linkWatch = this.#backend.watchLinks?.(({ change }) => {
      if (change === 'removed') this.#checkSockets();
    });
    this.#state = 'running';
    this.#livenessTimer = this.#clock.timer(LIVENESS_CHECK_MS, this.#checkLiveness);
    this.#scheduleTurn();
    return deferred<void>();
  }

  /** Ends `run()` after the current turn. Sockets and programs stay; packets wait in the rings. */
  stop(): void {
    if (this.#state !== 'running') return;
    this.#state = 'stopping';
    this.#wake();
  }

  /** A snapshot of every counter. Not for the hot path. @throws {FluxError} `FLUX_CLOSED` */
  stats(): EngineStats {
    if (this.#state === 'closed') throw new FluxError('FLUX_CLOSED', 'the engine was closed');
    for (const port of this.#ports) port.collect();
    return { ports: this.#ports.map(portStats), frames: frameLedger(this.#ports, this.#inHandler) };
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
    const limit = this.#clock.now() + DRAIN_LIMIT_MS;
    while (this.#ports.some((port) => port.txOutstanding > 0) && this.#clock.now() < limit) {
      for (const port of this.#ports) {
        port.flush();
        port.collect();
      }
      await this.#clock.sleep(1);
    }
    this.#state = 'closed';
    this.#umem.close();
  }

  /** Works until there is nothing to do or the budget is used up, then waits or yields. */
  readonly #turn = (): void => {
    this.#turnScheduled = false;
    if (this.#finished === undefined) return;
    try {
      const end = this.#clock.now() + this.#turnBudgetMs;
      let busy = true;
      while (busy && this.#state === 'running') {
        busy = this.#poll();
        if (this.#clock.now() >= end) break;
      }
      this.#checkRings();
      if (this.#state !== 'running') this.#finish();
      else if (busy) this.#scheduleTurn();
      else this.#sleep();
    } catch (error) {
      this.#finish(error);
    }
  };

  #scheduleTurn(): void {
    if (this.#turnScheduled) return;
    this.#turnScheduled = true;
    this.#clock.nextTurn(this.#turn);
  }

  /** One pass over all ports. Returns whether there was anything to do. */
  #poll(): boolean {
    let received = 0;
    try {
      for (const port of this.#ports) {
        port.collect();
        port.refill();
        const count = port.receive(this.#batch, this.#batchSize);
        if (count === 0) continue;
        received += count;
        this.#handle(port);
      }
    } finally {
      for (const port of this.#ports) port.flush(); // Also what was sent before a handler threw.
    }
    return received > 0;
  }

  #handle(port: Port): void {
    const batch = this.#batch;
    this.#inHandler = batch.count;
    try {
      const result: unknown = this.#handler(batch);
      if (result instanceof Promise) {
        result.catch(() => {}); // Reported here, in other words.
        throw new TypeError('it returned a promise: a batch is gone when the handler returns');
      }
    } catch (cause) {
      for (let i = 0; i < batch.count; i++) this.#umem.frames.give(batch.offset(i));
      port.counters[Counter.dropHandler]! += batch.count;
      throw new FluxError('FLUX_HANDLER_FAILED', `the handler threw: ${String(cause)}`, {
        cause,
        context: { ifname: port.xsk.queue.ifname, packets: batch.count },
      });
    } finally {
      this.#inHandler = 0;
    }
    this.#dispatch(port);
  }

  /** Carries out the handler's decisions: counts, reserves once per port, writes. */
  #dispatch(port: Port): void {
    const batch = this.#batch;
    const ports = this.#ports;
    for (let i = 0; i < batch.count; i++) {
      const egress = batch.egress(i);
      if (egress !== DROP) ports[egress]!.want();
    }
    for (let p = 0; p < ports.length; p++) ports[p]!.reserve();
    let dropped = 0;
    for (let i = 0; i < batch.count; i++) {
      const egress = batch.egress(i);
      if (egress === DROP) {
        dropped++;
        this.#umem.frames.give(batch.offset(i));
      } else if (!ports[egress]!.enqueue(batch.offset(i), batch.length(i))) {
        this.#umem.frames.give(batch.offset(i));
      }
    }
    for (let p = 0; p < ports.length; p++) ports[p]!.submit();
    port.counters[Counter.dropHandler]! += dropped;
  }

  /** Sleeps until a port is readable; looks by itself while frames are on their way out. */
  #sleep(): void {
    for (const port of this.#ports) port.xsk.socket.watch(READABLE, this.#wake);
    if (this.#ports.some((port) => port.txOutstanding > 0 || port.flushPending)) {
      this.#sleepTimer = this.#clock.timer(COMPLETION_CHECK_MS, this.#wake);
    }
  }

  #endSleep(): void {
    this.#sleepTimer?.cancel();
    this.#sleepTimer = undefined;
    for (const port of this.#ports) port.xsk.socket.unwatch();
  }

  readonly #wake = (): void => {
    this.#endSleep();
    this.#scheduleTurn();
  };

  readonly #checkLiveness = (): void => {
    this.#livenessTimer = this.#clock.timer(LIVENESS_CHECK_MS, this.#checkLiveness);
    this.#checkSockets();
  };

  /** Ends the run when a socket has lost its interface. Asks the sockets: names can be reused. */
  #checkSockets(): void {
    if (this.#state !== 'running') return;
    for (const { xsk } of this.#ports) {
      const error = xsk.socket.wakeRx();
      if (error !== errno.ENXIO) continue;
      const { ifname } = xsk.queue;
      this.#finish(
        new FluxError('FLUX_INTERFACE_REMOVED', `${ifname} is gone (${errnoName(error)})`, {
          hint: `open a new engine when ${ifname} is back`,
          context: { ifname },
        }),
      );
      return;
    }
  }

  #checkRings(): void {
    for (const port of this.#ports) {
      const ring = port.corruptRing;
      if (ring === undefined) continue;
      const { ifname, queueId } = port.xsk.queue;
      throw new FluxError(
        'FLUX_RING_CORRUPT',
        `the ${ring} ring of ${ifname} queue ${queueId} has indices that cannot be`,
        { hint: 'something else writes to this memory', context: { ifname, queueId, ring } },
      );
    }
  }

  #finish(error?: unknown): void {
    const finished = this.#finished;
    this.#finished = undefined;
    this.#state = 'idle';
    this.#livenessTimer?.cancel();
    this.#linkWatch?.close();
    this.#endSleep();
    if (error === undefined) finished?.resolve();
    else finished?.reject(error);
  }
}
