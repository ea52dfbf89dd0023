import { type Backend, type FramePool, Umem } from 'fluxnet-core';
import { drain } from '../datapath/drain.js';
import { type Effective, effectiveModes } from '../datapath/effective.js';
import { frameLedger } from '../datapath/frame-ledger.js';
import { Liveness } from '../datapath/liveness.js';
import { openPorts, type Port } from '../datapath/open-ports.js';
import { PacketLoop } from '../datapath/packet-loop.js';
import { framesOf } from '../datapath/queue-parts.js';
import { portStats } from '../datapath/stats.js';
import { dumpRings, type RingsDump } from '../debug/ring-dump.js';
import { publish } from '../health/channels.js';
import type { Snapshot } from '../health/conservation.js';
import {
  type CheckedSystem,
  checkSystemOptions,
  type SystemOptions,
} from '../options/system-options.js';
import {
  POLL_METER_SLOTS,
  type PollerStats,
  PollMeter,
  pollerStats,
} from '../polling/poll-meter.js';
import { Waits } from '../polling/waits.js';
import { HeldPackets } from './held-packets.js';
import { SystemBatch } from './system-batch.js';
import { SystemParts } from './system-parts.js';
import { SystemRx } from './system-rx.js';
import { closedError, SystemTx } from './system-tx.js';

export interface SystemStats extends Snapshot {
  /** Packets that users hold, of `maxHeld`. */
  readonly held: number;
  readonly maxHeld: number;
  readonly poller: PollerStats;
}

/**
 * Receiving and sending as two handles, for programs that decide when: batches by `for await`,
 * packets that may be kept and sent later, promises that wait for room.
 */
export class FluxSystem {
  /** What really holds: modes and page size that were asked for as `auto`. */
  readonly effective: Effective;
  readonly rx: SystemRx;
  readonly tx: SystemTx;
  /** What it was opened on. */
  readonly backend: Backend;
  readonly #umem: Umem;
  readonly #ports: readonly Port[];
  readonly #parts: SystemParts;
  readonly #waits: Waits;
  readonly #liveness: Liveness;
  readonly #maxHeld: number;
  readonly #meterSlots = new Float64Array(POLL_METER_SLOTS);
  #closing: Promise<void> | undefined;

  /**
   * Opens everything, or nothing: after a failure nothing stays bound or attached.
   * @throws {FluxError} of the options, of `Umem.open`, of `Xsk.open`; `FLUX_PROGRAM_CONFLICT`
   */
  static async open(options: SystemOptions): Promise<FluxSystem> {
    const checked = checkSystemOptions(options);
    const umem = await Umem.open(checked.backend, checked.umem);
    try {
      const frames = framesOf(umem, checked.debug);
      const ports = await openPorts(umem, frames, checked.ports);
      return new FluxSystem(checked, umem, frames.pool, ports);
    } catch (error) {
      umem.close();
      throw error;
    }
  }

  private constructor(
    checked: CheckedSystem,
    umem: Umem,
    frames: FramePool,
    ports: readonly Port[],
  ) {
    const { backend, debug } = checked;
    const queues = ports.flatMap((port) => port.queues);
    const sockets = queues.map(({ parts }) => parts.socket);
    const portCount = ports.length;
    const multiBuffer = queues.some(({ parts }) => parts.multiBuffer);
    const loop = new PacketLoop(umem, frames, queues, { ...checked, portCount });
    this.backend = backend;
    this.#umem = umem;
    this.#ports = ports;
    this.#maxHeld = checked.maxHeld ?? Math.max(1, Math.floor(frames.frameCount / 4));
    this.#parts = new SystemParts(loop, new HeldPackets(umem, frames, this.#maxHeld, multiBuffer));
    const meter = new PollMeter(this.#meterSlots);
    this.#waits = new Waits(backend.clock, sockets, this.#parts, checked, meter);
    this.#liveness = new Liveness(backend, sockets, (error) => {
      publish('error', { mode: 'system', error });
      this.#waits.end(error);
    });
    this.#liveness.start();
    const isClosed = () => this.#closing !== undefined;
    const batch = new SystemBatch(this.#parts, portCount, debug);
    this.rx = new SystemRx(this.#parts, batch, this.#waits, isClosed);
    const firsts = ports.map((port) => port.queues[0]!);
    this.tx = new SystemTx(this.#parts, this.#waits, firsts, () => this.#assertOpen());
    this.effective = effectiveModes(umem, ports);
    publish('open', { mode: 'system', effective: this.effective });
  }

  /** Was `close()` called? */
  get closed(): boolean {
    return this.#closing !== undefined;
  }

  /** A snapshot of every counter. Not for the hot path. @throws {FluxError} `FLUX_CLOSED` */
  stats(): SystemStats {
    this.#assertOpen();
    const { loop, held } = this.#parts;
    loop.collect();
    return {
      timeMs: this.backend.clock.now(),
      ports: this.#ports.map(portStats),
      frames: frameLedger(loop.frames, loop.queues, loop.heldFrames, held.frames),
      inBatch: loop.heldPackets,
      held: held.count,
      maxHeld: this.#maxHeld,
      poller: pollerStats(this.#meterSlots),
    };
  }

  /**
   * Indices, flags and frames of every ring, and where every frame is. For people.
   * @throws {FluxError} `FLUX_CLOSED`
   */
  debugRings(): RingsDump {
    this.#assertOpen();
    const { frames, queues } = this.#parts.loop;
    return dumpRings(
      frames,
      queues.map(({ parts }) => parts),
    );
  }

  /**
   * Ends the loops over `rx`, carries out what was decided, detaches the programs, waits up to 100
   * ms for frames on their way out, and gives everything back. Owned packets are gone. Idempotent.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    const { loop } = this.#parts;
    this.#parts.release();
    loop.dropWaiting();
    this.#liveness.stop();
    // After `#closing` is set, so that a loop over `rx` ends instead of failing.
    await Promise.resolve();
    this.#waits.end(closedError());
    for (const { program } of this.#ports) program.close();
    await drain(this.backend.clock, loop);
    this.#umem.close();
    publish('close', { mode: 'system' });
  }

  #assertOpen(): void {
    if (this.#closing !== undefined) throw closedError();
  }
}
