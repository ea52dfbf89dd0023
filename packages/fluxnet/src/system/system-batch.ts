import { Batch } from '../packet/batch.js';
import type { Packet } from '../packet/packet.js';
import { GONE } from '../packet/packet-table.js';
import type { OwnedPacket } from './owned-packet.js';
import type { SystemParts } from './system-parts.js';

/**
 * A batch of a system: valid until it is released, which the next one does by itself. Then its
 * packets go where they were told to: drop, tx, forward, host.
 */
export class SystemBatch extends Batch {
  readonly #parts: SystemParts;

  /** @internal A batch comes from a system. */
  constructor(parts: SystemParts, portCount: number, debug: boolean) {
    super(parts.loop.table, portCount, debug);
    this.#parts = parts;
  }

  /**
   * Takes a packet out of the batch, to be kept. What was decided about it counts no more.
   * @param packet of this batch, or its index
   * @throws {FluxError} `FLUX_TOO_MANY_HELD`
   * @throws {RangeError} when there is no such packet, or it was taken before
   */
  take(packet: Packet | number): OwnedPacket {
    const i = typeof packet === 'number' ? packet : packet.index;
    const { loop, held } = this.#parts;
    const { table } = loop;
    if (!(i >= 0 && i < table.count) || table.actions[i] === GONE) {
      throw new RangeError(`take(${i}): no such packet in the batch, or taken before`);
    }
    const owned = held.take(table, i);
    loop.taken(i);
    return owned;
  }

  /** Carries out what was decided. The batch is empty afterwards. Idempotent. */
  release(): void {
    this.#parts.release();
  }

  [Symbol.dispose](): void {
    this.release();
  }
}
