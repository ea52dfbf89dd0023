import { FluxError } from 'fluxnet-core';
import { Packet } from './packet.js';
import type { PacketTable } from './packet-table.js';
import { movePacket } from './packet-view.js';

/**
 * The cursor of debug mode: an object per packet, which throws when it is used after its batch has
 * ended, or after the cursor was moved to another packet and would silently show that one.
 */
export class CheckedCursor {
  readonly #table: PacketTable;
  readonly #portCount: number;
  #current: Packet | undefined;

  constructor(table: PacketTable, portCount: number) {
    this.#table = table;
    this.#portCount = portCount;
  }

  show(index: number): Packet {
    const table = this.#table;
    const packet = new Packet(table, this.#portCount);
    movePacket(packet, index);
    this.#current = packet;
    const { generation } = table;
    return new Proxy(packet, {
      get: (target, key) => {
        if (table.generation !== generation) throw stale(index, 'its batch has ended');
        if (this.#current !== packet) throw stale(index, 'its cursor was moved to another packet');
        const value: unknown = Reflect.get(target, key, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  }
}

function stale(index: number, why: string): FluxError {
  return new FluxError('FLUX_PACKET_STALE', `packet ${index} was used after ${why}`, {
    hint: 'copy() its bytes, or decide about it, before that',
    context: { index },
  });
}
