import { decodeLayers, Layers } from 'fluxnet-proto';
import { Headers } from './headers.js';
import type { PacketTable } from './packet-table.js';
import { adjustHead, copyPacket, headroom, setLength, tailroom } from './resize.js';

/** Puts a cursor on a row. Not for users: theirs come from a batch. */
export let movePacket: (packet: PacketView, index: number) => void;

/**
 * The bytes of a packet, and what they mean.
 *
 * They are those from `offset` on in `data` and `view`, which show the whole memory. A
 * packet of several fragments (`multiBuffer`) has only its first `fragmentLength(0)` bytes there.
 */
export class PacketView {
  /** Every byte of the shared memory. */
  readonly data: Uint8Array;
  /** The same memory, for multi-byte fields. */
  readonly view: DataView;
  readonly #table: PacketTable;
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

  constructor(table: PacketTable) {
    this.data = table.data;
    this.view = table.view;
    this.#table = table;
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
}
