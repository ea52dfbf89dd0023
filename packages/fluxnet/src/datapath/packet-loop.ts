import type { FramePool } from 'fluxnet-core';
import { Batch } from '../packet/batch.js';
import { GONE, MAX_FRAGMENTS, type PacketMemory, PacketTable } from '../packet/packet-table.js';
import { Counter } from './counters.js';
import { Dispatcher, type TxFull } from './dispatcher.js';
import type { PortQueue } from './port-queue.js';

export interface PacketLoopOptions {
  readonly portCount: number;
  readonly batchSize: number;
  readonly txFull: TxFull;
  readonly debug: boolean;
}

/**
 * What one thread does with its queues, whatever mode it runs in: receive a batch, let somebody
 * decide about it, settle it, flush. There is one batch at a time.
 */
export class PacketLoop {
  readonly queues: readonly PortQueue[];
  readonly frames: FramePool;
  readonly table: PacketTable;
  readonly batch: Batch;
  readonly #dispatcher: Dispatcher;
  readonly #batchSize: number;
  /** Of the batch that is not settled. */
  #source: PortQueue | undefined;

  constructor(
    memory: PacketMemory,
    frames: FramePool,
    queues: readonly PortQueue[],
    options: PacketLoopOptions,
  ) {
    const { portCount, batchSize, txFull, debug } = options;
    const multiBuffer = queues.some(({ parts }) => parts.multiBuffer);
    const fragments = multiBuffer ? Math.max(batchSize, MAX_FRAGMENTS) : 0;
    this.queues = queues;
    this.frames = frames;
    this.table = new PacketTable(memory, batchSize, fragments);
    this.batch = new Batch(this.table, portCount, debug);
    this.#dispatcher = new Dispatcher(this.table, frames, txFull);
    this.#batchSize = batchSize;
  }

  /** The queue whose batch is not settled yet. */
  get source(): PortQueue | undefined {
    return this.#source;
  }

  /** Packets of the batch that is not settled. */
  get heldPackets(): number {
    const { table } = this;
    let packets = 0;
    for (let i = 0; i < table.count; i++) if (table.actions[i] !== GONE) packets++;
    return packets;
  }

  /** Frames of the batch that is not settled. */
  get heldFrames(): number {
    const { table } = this;
    let frames = 0;
    for (let i = 0; i < table.count; i++) {
      if (table.actions[i] !== GONE) frames += table.fragmentCount(i);
    }
    return frames;
  }

  /** Is a frame on its way out, or about to be? Nobody wakes us when it has come back. */
  get sending(): boolean {
    for (const queue of this.queues) {
      if (queue.flushPending || queue.txOutstanding > 0) return true;
    }
    return false;
  }

  /**
   * Takes back what was sent, supplies the kernel, and makes a batch of what has arrived. The
   * batch before must be settled.
   * @returns descriptors taken; the batch is empty when all of them were invalid
   */
  receive(queue: PortQueue): number {
    queue.collect();
    queue.refill();
    const taken = queue.receive(this.table, this.#batchSize);
    if (this.table.count > 0) this.#source = queue;
    return taken;
  }

  /** Carries out what was decided. False when packets wait for room in a TX ring. */
  settle(): boolean {
    const source = this.#source;
    if (source === undefined) return true;
    if (!this.#dispatcher.dispatch(source)) return false;
    this.#end();
    return true;
  }

  /** Packet `i` was taken out of the batch, with its frames. */
  taken(i: number): void {
    this.table.actions[i] = GONE;
    this.#source!.counters[Counter.taken]!++;
  }

  /** Drops what waits for room. */
  dropWaiting(): void {
    if (this.#source === undefined) return;
    this.#dispatcher.dropWaiting(this.#source);
    this.#end();
  }

  /** Drops the whole batch, because its handler failed. */
  dropAll(): void {
    if (this.#source === undefined) return;
    this.#dispatcher.dropAll(this.#source);
    this.#end();
  }

  #end(): void {
    this.#source = undefined;
    this.table.clear();
  }

  collect(): number {
    let count = 0;
    for (const queue of this.queues) count += queue.collect();
    return count;
  }

  /** Must come before every sleep, because poll transmits as well and swallows the error. */
  flush(): void {
    for (const queue of this.queues) queue.flush();
  }
}
