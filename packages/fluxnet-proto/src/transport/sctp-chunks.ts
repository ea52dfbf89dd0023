/**
 * Chunks of SCTP (RFC 9260, section 3.2). The length does not count the padding to four bytes.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |  Chunk Type   |  Chunk Flags  |         Chunk Length          |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |  Chunk Value, Chunk Length - 4 bytes
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */

export const SctpChunkType = {
  data: 0,
  init: 1,
  initAck: 2,
  sack: 3,
  heartbeat: 4,
  heartbeatAck: 5,
  abort: 6,
  shutdown: 7,
  shutdownAck: 8,
  error: 9,
  cookieEcho: 10,
  cookieAck: 11,
  shutdownComplete: 14,
} as const;

/** Goes over the chunks of one packet: `over` their bytes, then `next` until it is false. */
export class SctpChunks {
  readonly view: DataView;
  offset = 0;
  /** `SctpChunkType`. */
  type = -1;
  /** Their meaning depends on the type. */
  flags = 0;
  /** Of the chunk in bytes, without padding. */
  length = 0;
  /** Whether the rest did not fit: it was left out. */
  malformed = false;
  #next = 0;
  #end = 0;

  constructor(view: DataView) {
    this.view = view;
  }

  /** The chunks are the bytes from `offset`, where the payload of the common header is, to `end`. */
  over(offset: number, end: number): this {
    this.#next = offset;
    this.#end = end;
    this.malformed = false;
    return this;
  }

  next(): boolean {
    const at = this.#next;
    if (at >= this.#end) return false;
    const length = at + 4 <= this.#end ? this.view.getUint16(at + 2) : 0;
    if (length < 4 || at + length > this.#end) return this.#stop();
    this.offset = at;
    this.type = this.view.getUint8(at);
    this.flags = this.view.getUint8(at + 1);
    this.length = length;
    this.#next = at + ((length + 3) & ~3);
    return true;
  }

  #stop(): boolean {
    this.malformed = true;
    this.#next = this.#end;
    return false;
  }
}
