import { BatchIterator } from './batch-iterator.js';
import { CheckedCursor } from './checked-cursor.js';
import { noHostPort, noSuchPort, Packet } from './packet.js';
import { DROP, type PacketTable } from './packet-table.js';
import { movePacket } from './packet-view.js';

/**
 * The packets of one receive call. It is used again for the next ones: neither it nor its packets
 * may be kept. Packets lie in the shared memory and are changed in place; what nobody sends
 * anywhere is dropped.
 *
 * Read it as it suits: `for (const packet of batch)`, `forEach`, `at(i)`, or without any object
 * by index. None of them allocates, but for a second loop inside one over the same batch.
 */
export class Batch implements Iterable<Packet> {
  /** Every byte of the shared memory. */
  readonly data: Uint8Array;
  /** The same memory, for multi-byte fields. */
  readonly view: DataView;
  readonly #table: PacketTable;
  readonly #portCount: number;
  readonly #debug: boolean;
  readonly #cursor: Packet;
  readonly #checked: CheckedCursor | undefined;
  readonly #iterator: BatchIterator;

  /** @internal A batch comes from an engine or a system. */
  constructor(table: PacketTable, portCount: number, debug: boolean) {
    this.data = table.data;
    this.view = table.view;
    this.#table = table;
    this.#portCount = portCount;
    this.#debug = debug;
    this.#cursor = new Packet(table, portCount);
    this.#checked = debug ? new CheckedCursor(table, portCount) : undefined;
    this.#iterator = new BatchIterator(table, portCount, debug);
  }

  /** Packets in this batch. */
  get count(): number {
    return this.#table.count;
  }

  /** Index of the port that received them. */
  get port(): number {
    return this.#table.port;
  }

  /** Id of the interface's queue that they came by. */
  get queueId(): number {
    return this.#table.queueId;
  }

  /**
   * A cursor on packet `i`, the same one every time.
   * @throws {RangeError} when there is no such packet
   */
  at(i: number): Packet {
    if (!(i >= 0 && i < this.#table.count)) {
      throw new RangeError(`at(${i}): the batch has ${this.#table.count} packets`);
    }
    if (this.#checked !== undefined) return this.#checked.show(i);
    movePacket(this.#cursor, i);
    return this.#cursor;
  }

  [Symbol.iterator](): Iterator<Packet> {
    if (this.#iterator.begin()) return this.#iterator;
    const nested = new BatchIterator(this.#table, this.#portCount, this.#debug);
    nested.begin();
    return nested;
  }

  forEach(callback: (packet: Packet, index: number) => void): void {
    for (const packet of this) callback(packet, packet.index);
  }

  /** Where packet `i` begins in `data` and `view`. */
  offset(i: number): number {
    return this.#table.offsets[i]!;
  }

  /** Bytes of packet `i`, of all its fragments together. */
  length(i: number): number {
    return this.#table.lengths[i]!;
  }

  /** What becomes of packet `i`: the index of a port, or `DROP`. */
  action(i: number): number {
    return this.#table.actions[i]!;
  }

  /** Packet `i` ends here. This is the default. */
  drop(i: number): void {
    this.#table.actions[i] = DROP;
  }

  /** Sends packet `i` back out of the port it came in by. */
  tx(i: number): void {
    this.#table.actions[i] = this.#table.port;
  }

  /**
   * Sends packet `i` out of a port, without copying it.
   * @throws {RangeError} when there is no such port
   */
  forward(i: number, port: number): void {
    if (!(port >= 0 && port < this.#portCount)) throw noSuchPort(port, this.#portCount);
    this.#table.actions[i] = port;
  }

  /**
   * Hands packet `i` to the host's network stack.
   * @throws {RangeError} when the port that received it has no host port
   */
  host(i: number): void {
    if (this.#table.hostPort < 0) throw noHostPort(this.#table.port);
    this.#table.actions[i] = this.#table.hostPort;
  }
}
