/**
 * Options of the hop-by-hop and destination options headers (RFC 8200, section 4.2).
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |  Option Type  | Opt Data Len  |  Data
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */

export const Ipv6OptionType = {
  pad1: 0,
  padN: 1,
  routerAlert: 5,
  jumboPayload: 0xc2,
  homeAddress: 0xc9,
} as const;

/** Goes over the options of one extension header: `over` their bytes, then `next` until it is false. */
export class Ipv6Options {
  readonly view: DataView;
  offset = 0;
  /** `Ipv6OptionType`. */
  type = -1;
  /** Of the whole option in bytes. */
  length = 0;
  /** Whether the rest did not fit: it was left out. */
  malformed = false;
  #next = 0;
  #end = 0;

  constructor(view: DataView) {
    this.view = view;
  }

  /** The options are the bytes from `offset`, two behind that of the header, to `end`. */
  over(offset: number, end: number): this {
    this.#next = offset;
    this.#end = end;
    this.malformed = false;
    return this;
  }

  next(): boolean {
    const at = this.#next;
    if (at >= this.#end) return false;
    const type = this.view.getUint8(at);
    let length = 1;
    if (type !== Ipv6OptionType.pad1) {
      length = at + 1 < this.#end ? 2 + this.view.getUint8(at + 1) : 2;
      if (at + length > this.#end) return this.#stop();
    }
    this.offset = at;
    this.type = type;
    this.length = length;
    this.#next = at + length;
    return true;
  }

  #stop(): boolean {
    this.malformed = true;
    this.#next = this.#end;
    return false;
  }
}
