/**
 * Options of Geneve (RFC 8926, section 3.5). The length counts the data in words of four bytes.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |         Option Class          |     Type      |R|R|R| Length  |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |  Data, Length * 4 bytes
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */

/** Goes over the options of one header: `over` their bytes, then `next` until it is false. */
export class GeneveOptions {
  readonly view: DataView;
  offset = 0;
  /** Who defined the type. */
  optionClass = -1;
  /** Its highest bit: critical. */
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

  /** The options are the bytes from `offset`, eight behind that of the header, to `end`. */
  over(offset: number, end: number): this {
    this.#next = offset;
    this.#end = end;
    this.malformed = false;
    return this;
  }

  next(): boolean {
    const at = this.#next;
    if (at >= this.#end) return false;
    if (at + 4 > this.#end) return this.#stop();
    const length = 4 + ((this.view.getUint8(at + 3) & 0x1f) << 2);
    if (at + length > this.#end) return this.#stop();
    this.offset = at;
    this.optionClass = this.view.getUint16(at);
    this.type = this.view.getUint8(at + 2);
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
