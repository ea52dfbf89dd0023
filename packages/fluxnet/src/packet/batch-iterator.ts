import { CheckedCursor } from './checked-cursor.js';
import { Packet } from './packet.js';
import type { PacketTable } from './packet-table.js';
import { movePacket } from './packet-view.js';

interface Step {
  done: boolean;
  value: Packet;
}

/**
 * One pass over a batch with one cursor and one result object, so that `for…of` allocates
 * nothing. Used again for the next pass; while one is under way a second pass needs another.
 */
export class BatchIterator implements Iterator<Packet> {
  readonly #table: PacketTable;
  readonly #packet: Packet;
  readonly #checked: CheckedCursor | undefined;
  readonly #step: Step;
  #next = 0;
  #generation = 0;
  #running = false;

  constructor(table: PacketTable, portCount: number, debug: boolean) {
    this.#table = table;
    this.#packet = new Packet(table, portCount);
    this.#checked = debug ? new CheckedCursor(table, portCount) : undefined;
    this.#step = { done: false, value: this.#packet };
  }

  /** Goes to the start. False when a pass over this very batch is under way. */
  begin(): boolean {
    const { generation } = this.#table;
    if (this.#running && this.#generation === generation) return false;
    this.#generation = generation;
    this.#running = true;
    this.#next = 0;
    return true;
  }

  next(): IteratorResult<Packet> {
    const step = this.#step;
    const i = this.#next;
    if (this.#generation !== this.#table.generation || i >= this.#table.count) {
      this.#running = false;
      step.done = true;
    } else {
      this.#next = i + 1;
      step.done = false;
      if (this.#checked === undefined) movePacket(this.#packet, i);
      else step.value = this.#checked.show(i);
    }
    return step as IteratorResult<Packet>;
  }

  return(): IteratorResult<Packet> {
    this.#running = false;
    this.#step.done = true;
    return this.#step as IteratorResult<Packet>;
  }
}
