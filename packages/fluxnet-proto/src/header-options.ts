/**
 * The options of IPv4 (RFC 791, section 3.1) and TCP (RFC 9293, section 3.1), which have one format:
 * a kind, then, but for kinds 0 and 1, a length that counts both bytes, then data.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |     Kind      |    Length     |  Data, Length - 2 bytes
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */

const END_OF_LIST = 0;
const NO_OPERATION = 1;

export const Ipv4OptionKind = {
  endOfList: END_OF_LIST,
  noOperation: NO_OPERATION,
  recordRoute: 7,
  timestamp: 68,
  looseSourceRoute: 131,
  strictSourceRoute: 137,
  routerAlert: 148,
} as const;

export const TcpOptionKind = {
  endOfList: END_OF_LIST,
  noOperation: NO_OPERATION,
  /** 16 bits of data: RFC 9293, section 3.7.1. */
  maximumSegmentSize: 2,
  /** 8 bits of data: RFC 7323, section 2.2. */
  windowScale: 3,
  /** No data: RFC 2018, section 2. */
  sackPermitted: 4,
  /** Pairs of sequence numbers: RFC 2018, section 3. */
  sack: 5,
  /** Value and echo reply, 32 bits each: RFC 7323, section 3.2. */
  timestamps: 8,
  /** RFC 2385. */
  md5: 19,
  /** RFC 5925. */
  authentication: 29,
  /** RFC 8684. */
  multipath: 30,
  /** RFC 7413. */
  fastOpen: 34,
} as const;

/** Goes over the options of one header: `over` its bytes, then `next` until it is false. */
export class HeaderOptions {
  readonly view: DataView;
  /** Of the option's kind; its data is two bytes further. */
  offset = 0;
  kind = -1;
  /** Of the whole option in bytes. */
  length = 0;
  /** Whether an option had an impossible length: it and all behind it were left out. */
  malformed = false;
  #next = 0;
  #end = 0;

  constructor(view: DataView) {
    this.view = view;
  }

  /** The options are the bytes from `offset` to `end`. */
  over(offset: number, end: number): this {
    this.#next = offset;
    this.#end = end;
    this.malformed = false;
    return this;
  }

  /** Moves to the next option. An end of the list is told as an option, the last one. */
  next(): boolean {
    const at = this.#next;
    if (at >= this.#end) return false;
    const kind = this.view.getUint8(at);
    let length = 1;
    if (kind > NO_OPERATION) {
      length = at + 1 < this.#end ? this.view.getUint8(at + 1) : 0;
      if (length < 2 || at + length > this.#end) {
        this.malformed = true;
        this.#next = this.#end;
        return false;
      }
    }
    this.offset = at;
    this.kind = kind;
    this.length = length;
    this.#next = kind === END_OF_LIST ? this.#end : at + length;
    return true;
  }

  get dataOffset(): number {
    return this.offset + 2;
  }

  get dataLength(): number {
    return this.length > 2 ? this.length - 2 : 0;
  }
}
