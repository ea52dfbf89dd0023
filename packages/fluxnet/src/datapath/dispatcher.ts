import type { FramePool } from 'fluxnet-core';
import { DROP, GONE, type PacketTable } from '../packet/packet-table.js';
import { Counter } from './counters.js';
import type { PortQueue } from './port-queue.js';

/**
 * What becomes of packets that find no room in the TX ring: `dropNew` drops them, `block` keeps
 * them and receives nothing until they are out.
 */
export type TxFull = 'dropNew' | 'block';

/** Carries out what was decided about the packets of a batch. */
export class Dispatcher {
  readonly #table: PacketTable;
  readonly #frames: FramePool;
  readonly #blocks: boolean;

  constructor(table: PacketTable, frames: FramePool, txFull: TxFull) {
    this.#table = table;
    this.#frames = frames;
    this.#blocks = txFull === 'block';
  }

  /**
   * Counts, reserves once per egress queue, writes.
   * @returns false when packets wait for room: call it again after completions
   */
  dispatch(source: PortQueue): boolean {
    const table = this.#table;
    const { actions, count } = table;
    const { egress } = source;
    let sent = 0;
    for (let i = 0; i < count; i++) {
      const action = actions[i]!;
      if (action < 0) continue;
      egress[action]!.want(table.fragmentCount(i));
      sent++;
    }
    if (sent > 0) for (let p = 0; p < egress.length; p++) egress[p]!.reserve();
    const waiting = table.fragmented ? this.#settlePackets(source) : this.#settleFrames(source);
    if (sent > 0) for (let p = 0; p < egress.length; p++) egress[p]!.submit();
    return waiting === 0;
  }

  /** All packets have one frame. Returns how many wait. */
  #settleFrames(source: PortQueue): number {
    const { actions, offsets, lengths, count } = this.#table;
    const { egress } = source;
    const frames = this.#frames;
    let dropped = 0;
    let waiting = 0;
    for (let i = 0; i < count; i++) {
      const action = actions[i]!;
      if (action >= 0) {
        if (egress[action]!.enqueue(offsets[i]!, lengths[i]!)) {
          actions[i] = GONE;
        } else if (this.#blocks) {
          waiting++;
        } else {
          this.#dropFull(i, egress[action]!);
        }
      } else if (action === DROP) {
        frames.give(offsets[i]!);
        actions[i] = GONE;
        dropped++;
      }
    }
    source.counters[Counter.dropHandler]! += dropped;
    return waiting;
  }

  /** Some have several: what does not fit must not be overtaken by what is smaller. */
  #settlePackets(source: PortQueue): number {
    const table = this.#table;
    const { actions, count } = table;
    const { egress } = source;
    let blocked = 0;
    let waiting = 0;
    for (let i = 0; i < count; i++) {
      const action = actions[i]!;
      if (action === DROP) {
        this.give(i);
        source.counters[Counter.dropHandler]!++;
      } else if (action >= 0) {
        const bit = 1 << (action & 31);
        if ((blocked & bit) === 0 && egress[action]!.enqueuePacket(table, i)) {
          actions[i] = GONE;
        } else if (this.#blocks && table.fragmentCount(i) <= egress[action]!.capacity) {
          blocked |= bit;
          waiting++;
        } else {
          this.#dropFull(i, egress[action]!);
        }
      }
    }
    return waiting;
  }

  #dropFull(i: number, queue: PortQueue): void {
    this.give(i);
    queue.counters[Counter.dropTxRingFull]!++;
  }

  /** Drops what waits for room. */
  dropWaiting(source: PortQueue): void {
    const { actions, count } = this.#table;
    for (let i = 0; i < count; i++) {
      if (actions[i]! >= 0) this.#dropFull(i, source.egress[actions[i]!]!);
    }
  }

  /** Drops everything, because the handler failed. Returns how many packets that were. */
  dropAll(source: PortQueue): number {
    const { actions, count } = this.#table;
    let dropped = 0;
    for (let i = 0; i < count; i++) {
      if (actions[i] === GONE) continue;
      this.give(i);
      dropped++;
    }
    source.counters[Counter.dropHandlerError]! += dropped;
    return dropped;
  }

  /** Gives the frames of packet `i` back to the pool. */
  give(i: number): void {
    const table = this.#table;
    const count = table.fragmentCount(i);
    for (let fragment = 0; fragment < count; fragment++) {
      this.#frames.give(table.fragmentOffset(i, fragment));
    }
    table.actions[i] = GONE;
  }
}
