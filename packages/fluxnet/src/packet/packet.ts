import { decodeLayers, Layers } from 'fluxnet-proto';
import { Headers } from './headers.js';
import { DROP, type PacketTable } from './packet-table.js';
import { adjustHead, copyPacket, headroom, setLength, tailroom } from './resize.js';

/** Puts a cursor on a row. Not for users: theirs come from a batch. */
export let movePacket: (packet: Packet, index: number) => void;

/**
 * A cursor on one packet of a batch: it is moved, not made anew, so it shows another packet as
 * soon as the loop goes on, and is valid until the batch is released. `copy()` is the way to keep
 * the bytes.
 *
 * The bytes are those from `offset` on in `data` and `view`, which show the whole memory. A
 * packet of several fragments (`multiBuffer`) has only its first `fragmentLength(0)` bytes there.
 */
export class Packet {
  /** Every byte of the shared memory. */
  readonly data: Uint8Array;
  /** The same memory, for multi-byte fields. */
  readonly view: DataView;
  readonly #table: PacketTable;
  readonly #portCount: number;
  #index = -1;
  #layers: Layers | undefined;
  #decoded = false;
  #headers: Headers | undefined;

  static {
    movePacket = (packet, index) => {
      packet.#index = index;
      packet.#decoded = false;
    };
  }

  /** @param portCount ports that it can be forwarded to */
  constructor(table: PacketTable, portCount: number) {
    this.data = table.data;
    this.view = table.view;
    this.#table = table;
    this.#portCount = portCount;
  }

  /** Its place in the batch. */
  get index(): number {
    return this.#index;
  }

  /** Where it begins in `data` and `view`. */
  get offset(): number {
    return this.#table.offsets[this.#index]!;
  }

  /** Bytes, of all fragments together. */
  get length(): number {
    return this.#table.lengths[this.#index]!;
  }

  /** Index of the port that received it. */
  get port(): number {
    return this.#table.port;
  }

  /** Pieces that it lies in: 1 but for a port with `multiBuffer`. */
  get fragmentCount(): number {
    return this.#table.fragmentCount(this.#index);
  }

  fragmentOffset(fragment: number): number {
    return this.#table.fragmentOffset(this.#index, fragment);
  }

  fragmentLength(fragment: number): number {
    return this.#table.fragmentLength(this.#index, fragment);
  }

  /** Free bytes in front of it. */
  get headroom(): number {
    return headroom(this.#table, this.#index);
  }

  /** Free bytes behind it. */
  get tailroom(): number {
    return tailroom(this.#table, this.#index);
  }

  /**
   * Moves its beginning: over `delta` bytes that are to go, or back by `-delta` bytes for headers
   * that are to come, whose bytes are the caller's to write.
   * @returns false, and nothing changed, when the headroom or the first fragment is too short
   */
  adjustHead(delta: number): boolean {
    this.#decoded = false;
    return adjustHead(this.#table, this.#index, delta);
  }

  /**
   * Sets its length, by moving its end within the last fragment's frame.
   * @returns false, and nothing changed, when that is not possible
   */
  setLength(length: number): boolean {
    this.#decoded = false;
    return setLength(this.#table, this.#index, length);
  }

  /**
   * Its bytes, as they are now: the way to keep them.
   * @param into where to copy them to, from `at` on; by default into a new array
   * @throws {RangeError} when they do not fit
   */
  copy(into = new Uint8Array(this.length), at = 0): Uint8Array {
    copyPacket(this.#table, this.#index, into, at);
    return into;
  }

  /**
   * What it consists of, decoded when it is asked for, once. The object is the cursor's and shows
   * the packet that the cursor is on.
   */
  get layers(): Layers {
    this.#layers ??= new Layers();
    if (!this.#decoded) this.decode();
    return this.#layers;
  }

  /** Decodes it again, after its headers were changed. Returns `layers`. */
  decode(): Layers {
    this.#layers ??= new Layers();
    const table = this.#table;
    const offset = table.offsets[this.#index]!;
    decodeLayers(this.view, offset, table.fragmentLength(this.#index, 0), this.#layers);
    this.#decoded = true;
    return this.#layers;
  }

  /** The headers that it has, to be read and changed in place. */
  get headers(): Headers {
    this.#headers ??= new Headers(this.view);
    this.#headers.layers = this.layers;
    this.#headers.offset = this.offset;
    return this.#headers;
  }

  /** What becomes of it: the index of a port, or `DROP`. */
  get action(): number {
    return this.#table.actions[this.#index]!;
  }

  /** It ends here. This is the default. */
  drop(): void {
    this.#table.actions[this.#index] = DROP;
  }

  /** Sends it back out of the port it came in by. */
  tx(): void {
    this.#table.actions[this.#index] = this.#table.port;
  }

  /**
   * Sends it out of a port, without copying it.
   * @throws {RangeError} when there is no such port
   */
  forward(port: number): void {
    if (!(port >= 0 && port < this.#portCount)) throw noSuchPort(port, this.#portCount);
    this.#table.actions[this.#index] = port;
  }

  /**
   * Hands it to the host's network stack.
   * @throws {RangeError} when the port that received it has no host port
   */
  host(): void {
    if (this.#table.hostPort < 0) throw noHostPort(this.#table.port);
    this.#table.actions[this.#index] = this.#table.hostPort;
  }
}

export function noSuchPort(port: number, portCount: number): RangeError {
  return new RangeError(`forward to port ${port}: ports are 0 to ${portCount - 1}`);
}

export function noHostPort(port: number): RangeError {
  return new RangeError(`port ${port} has no host port: open it with hostPort: true`);
}
