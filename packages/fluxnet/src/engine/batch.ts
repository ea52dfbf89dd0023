/** Egress of a packet that goes nowhere. */
export const DROP = -1;

/** Begins a new batch. For the engine alone. */
export let beginBatch: (batch: Batch, port: number) => void;
/** Adds a packet, to be dropped unless the handler says otherwise. For the engine alone. */
export let addPacket: (batch: Batch, offset: number, length: number) => void;

/**
 * The packets of one receive call, as a structure of arrays that is used again for the next one:
 * nothing in it may be kept. Packets lie in the shared memory, at `offset(i)` of `bytes` and
 * `view`, and are changed in place. What is not forwarded is dropped.
 */
export class Batch {
  /** Every byte of the shared memory. */
  readonly bytes: Uint8Array;
  /** The same memory, for multi-byte fields. */
  readonly view: DataView;
  #count = 0;
  #port = 0;
  readonly #portCount: number;
  readonly #offsets: Int32Array;
  readonly #lengths: Int32Array;
  readonly #egress: Int8Array;

  // Handlers must not be able to change what the engine has to give back.
  static {
    beginBatch = (batch, port) => {
      batch.#port = port;
      batch.#count = 0;
    };
    addPacket = (batch, offset, length) => {
      const i = batch.#count++;
      batch.#offsets[i] = offset;
      batch.#lengths[i] = length;
      batch.#egress[i] = DROP;
    };
  }

  constructor(bytes: Uint8Array, view: DataView, capacity: number, portCount: number) {
    this.bytes = bytes;
    this.view = view;
    this.#portCount = portCount;
    this.#offsets = new Int32Array(capacity);
    this.#lengths = new Int32Array(capacity);
    this.#egress = new Int8Array(capacity);
  }

  /** Packets in this batch. */
  get count(): number {
    return this.#count;
  }

  /** Index of the port that received them. */
  get port(): number {
    return this.#port;
  }

  /** Where packet `i` begins in `bytes` and `view`. */
  offset(i: number): number {
    return this.#offsets[i]!;
  }

  /** Bytes of packet `i`. */
  length(i: number): number {
    return this.#lengths[i]!;
  }

  /** Index of the port that packet `i` leaves by, or `DROP`. */
  egress(i: number): number {
    return this.#egress[i]!;
  }

  /** Packet `i` ends here. This is the default. */
  drop(i: number): void {
    this.#egress[i] = DROP;
  }

  /**
   * Sends packet `i` out of a port, without copying it.
   * @throws {RangeError} when there is no such port
   */
  forward(i: number, port: number): void {
    if (!(port >= 0 && port < this.#portCount)) {
      throw new RangeError(`forward(${i}, ${port}): ports are 0 to ${this.#portCount - 1}`);
    }
    this.#egress[i] = port;
  }

  /** Sends packet `i` back out of the port it came in by. */
  transmit(i: number): void {
    this.#egress[i] = this.#port;
  }
}
