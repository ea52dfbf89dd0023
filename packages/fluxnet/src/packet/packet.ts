import { DROP, type PacketTable } from './packet-table.js';
import { PacketView } from './packet-view.js';

/**
 * A cursor on one packet of a batch: it is moved, not made anew, so it shows another packet as
 * soon as the loop goes on, and is valid until the batch is released. `copy()` is the way to keep
 * the bytes.
 */
export class Packet extends PacketView {
  readonly #table: PacketTable;
  readonly #portCount: number;

  /** @param portCount ports that it can be forwarded to */
  constructor(table: PacketTable, portCount: number) {
    super(table);
    this.#table = table;
    this.#portCount = portCount;
  }

  /** Index of the port that received it. */
  get port(): number {
    return this.#table.port;
  }

  /** What becomes of it: the index of a port, or `DROP`. */
  get action(): number {
    return this.#table.actions[this.index]!;
  }

  /** It ends here. This is the default. */
  drop(): void {
    this.#table.actions[this.index] = DROP;
  }

  /** Sends it back out of the port it came in by. */
  tx(): void {
    this.#table.actions[this.index] = this.#table.port;
  }

  /**
   * Sends it out of a port, without copying it.
   * @throws {RangeError} when there is no such port
   */
  forward(port: number): void {
    if (!(port >= 0 && port < this.#portCount)) throw noSuchPort(port, this.#portCount);
    this.#table.actions[this.index] = port;
  }

  /**
   * Hands it to the host's network stack.
   * @throws {RangeError} when the port that received it has no host port
   */
  host(): void {
    if (this.#table.hostPort < 0) throw noHostPort(this.#table.port);
    this.#table.actions[this.index] = this.#table.hostPort;
  }
}

export function noSuchPort(port: number, portCount: number): RangeError {
  return new RangeError(`forward to port ${port}: ports are 0 to ${portCount - 1}`);
}

export function noHostPort(port: number): RangeError {
  return new RangeError(`port ${port} has no host port: open it with hostPort: true`);
}
