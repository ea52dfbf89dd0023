/**
 * GRE (RFC 2784, section 2; key and sequence number from RFC 2890), and the enhanced GRE of PPTP
 * (RFC 2637, section 4.1), which is version 1 and adds an acknowledgment number.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |C|R|K|S|   Reserved    |A| Ver |         Protocol Type         |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |      Checksum (with C)        |           Reserved1           |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |                          Key (with K)                         |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |                    Sequence Number (with S)                   |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */

export const GRE_FLAGS_VERSION = 0;
export const GRE_PROTOCOL_TYPE = 2;
export const GRE_CHECKSUM = 4;
export const GRE_MIN_HEADER_LENGTH = 4;

/** The bits of `flags`, to be or-ed together. */
export const GreFlag = {
  checksum: 0x8000,
  /** RFC 1701's, which RFC 2784 has dropped. */
  routing: 0x4000,
  key: 0x2000,
  sequenceNumber: 0x1000,
  /** In version 1 only. */
  acknowledgment: 0x0080,
} as const;

const VERSION_MASK = 0x0007;
const PPTP_VERSION = 1;

/** The length in bytes for the first 16 bits of a header, or 0 for a header of another kind. */
export function greHeaderLength(flagsVersion: number): number {
  const version = flagsVersion & VERSION_MASK;
  if (version > PPTP_VERSION || (flagsVersion & GreFlag.routing) !== 0) return 0;
  let length = GRE_MIN_HEADER_LENGTH;
  if ((flagsVersion & GreFlag.checksum) !== 0) length += 4;
  if ((flagsVersion & GreFlag.key) !== 0) length += 4;
  if ((flagsVersion & GreFlag.sequenceNumber) !== 0) length += 4;
  if (version === PPTP_VERSION && (flagsVersion & GreFlag.acknowledgment) !== 0) length += 4;
  return length;
}

/**
 * A view of a GRE header. `at` moves it; until then it is at 0. Which fields there are is in
 * `flags`: set it first, and read no field whose flag is not set.
 */
export class GreHeader {
  readonly view: DataView;
  offset = 0;

  constructor(view: DataView) {
    this.view = view;
  }

  at(offset: number): this {
    this.offset = offset;
    return this;
  }

  /** All but the version: see `GreFlag`. */
  get flags(): number {
    return this.view.getUint16(this.offset + GRE_FLAGS_VERSION) & ~VERSION_MASK;
  }

  set flags(value: number) {
    const at = this.offset + GRE_FLAGS_VERSION;
    this.view.setUint16(
      at,
      (value & ~VERSION_MASK & 0xffff) | (this.view.getUint16(at) & VERSION_MASK),
    );
  }

  get version(): number {
    return this.view.getUint16(this.offset + GRE_FLAGS_VERSION) & VERSION_MASK;
  }

  set version(value: number) {
    const at = this.offset + GRE_FLAGS_VERSION;
    const flags = this.view.getUint16(at) & ~VERSION_MASK;
    this.view.setUint16(at, flags | (value & VERSION_MASK));
  }

  /** An EtherType; 0x6558 for Ethernet. */
  get protocolType(): number {
    return this.view.getUint16(this.offset + GRE_PROTOCOL_TYPE);
  }

  set protocolType(value: number) {
    this.view.setUint16(this.offset + GRE_PROTOCOL_TYPE, value);
  }

  /** In bytes, optional fields included; 0 for a version or a routing field that is not known. */
  get headerLength(): number {
    return greHeaderLength(this.view.getUint16(this.offset + GRE_FLAGS_VERSION));
  }

  get checksum(): number {
    return this.view.getUint16(this.offset + GRE_CHECKSUM);
  }

  set checksum(value: number) {
    this.view.setUint16(this.offset + GRE_CHECKSUM, value);
  }

  get key(): number {
    return this.view.getUint32(this.#keyOffset());
  }

  set key(value: number) {
    this.view.setUint32(this.#keyOffset(), value);
  }

  get sequenceNumber(): number {
    return this.view.getUint32(this.#sequenceOffset());
  }

  set sequenceNumber(value: number) {
    this.view.setUint32(this.#sequenceOffset(), value);
  }

  #keyOffset(): number {
    const hasChecksum = (this.flags & GreFlag.checksum) !== 0;
    return this.offset + GRE_MIN_HEADER_LENGTH + (hasChecksum ? 4 : 0);
  }

  #sequenceOffset(): number {
    return this.#keyOffset() + ((this.flags & GreFlag.key) !== 0 ? 4 : 0);
  }
}
