/**
 * Group records: of an IGMPv3 report (RFC 3376, section 4.2), where addresses have 4 bytes, and of an
 * MLDv2 report (RFC 9777, section 5.2), where they have 16.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |  Record Type  |  Aux Data Len |   Number of Sources (N)       |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |  Multicast Address, 4 or 16 bytes
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |  Source Address, N times, then Aux Data Len words
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */

/** Goes over the group records of one report: `over` their bytes, then `next` until it is false. */
export class GroupRecords {
  readonly view: DataView;
  readonly addressLength: number;
  offset = 0;
  /** 1 and 2: is include, is exclude; 3 and 4: changes to; 5 and 6: allow, block sources. */
  recordType = -1;
  /** Number of sources. */
  sourceCount = 0;
  /** Of the whole record in bytes. */
  length = 0;
  /** Whether the rest did not fit: it was left out. */
  malformed = false;
  #next = 0;
  #end = 0;

  /** @param addressLength 4 for IGMP, 16 for MLD */
  constructor(view: DataView, addressLength: number) {
    this.view = view;
    this.addressLength = addressLength;
  }

  /** The records are the bytes from `offset`, eight behind that of the report, to `end`. */
  over(offset: number, end: number): this {
    this.#next = offset;
    this.#end = end;
    this.malformed = false;
    return this;
  }

  next(): boolean {
    const at = this.#next;
    if (at >= this.#end) return false;
    if (at + 4 + this.addressLength > this.#end) return this.#stop();
    const sourceCount = this.view.getUint16(at + 2);
    const length = 4 + this.addressLength * (1 + sourceCount) + (this.view.getUint8(at + 1) << 2);
    if (at + length > this.#end) return this.#stop();
    this.offset = at;
    this.recordType = this.view.getUint8(at);
    this.sourceCount = sourceCount;
    this.length = length;
    this.#next = at + length;
    return true;
  }

  #stop(): boolean {
    this.malformed = true;
    this.#next = this.#end;
    return false;
  }

  /** Its multicast address: `addressLength` bytes. */
  get addressOffset(): number {
    return this.offset + 4;
  }

  /** Where the source address of this index is. */
  sourceOffset(index: number): number {
    return this.offset + 4 + this.addressLength * (1 + index);
  }
}
