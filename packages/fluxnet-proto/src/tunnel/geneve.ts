/**
 * Geneve (RFC 8926, section 3.4).
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |Ver|  Opt Len  |  O|C|   Rsvd. |         Protocol Type         |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |        Virtual Network Identifier (VNI)       |    Reserved   |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |             Options, up to 252 bytes (Opt Len > 0)            |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */

export const GENEVE_VERSION_OPT_LEN = 0;
export const GENEVE_FLAGS = 1;
export const GENEVE_PROTOCOL_TYPE = 2;
export const GENEVE_VNI = 4;
export const GENEVE_HEADER_LENGTH = 8;
export const GENEVE_PORT = 6081;

/** A view of a Geneve header. `at` moves it; until then it is at 0. */
export class GeneveHeader {
  readonly view: DataView;
  offset = 0;

  constructor(view: DataView) {
    this.view = view;
  }

  at(offset: number): this {
    this.offset = offset;
    return this;
  }

  get version(): number {
    return this.view.getUint8(this.offset + GENEVE_VERSION_OPT_LEN) >>> 6;
  }

  set version(value: number) {
    const at = this.offset + GENEVE_VERSION_OPT_LEN;
    this.view.setUint8(at, (this.view.getUint8(at) & 0x3f) | ((value & 3) << 6));
  }

  /** Of the options, in words of four bytes. */
  get optLen(): number {
    return this.view.getUint8(this.offset + GENEVE_VERSION_OPT_LEN) & 0x3f;
  }

  set optLen(value: number) {
    const at = this.offset + GENEVE_VERSION_OPT_LEN;
    this.view.setUint8(at, (this.view.getUint8(at) & 0xc0) | (value & 0x3f));
  }

  /** The header's length in bytes, options included. */
  get headerLength(): number {
    return GENEVE_HEADER_LENGTH + (this.optLen << 2);
  }

  /** The O bit: a control packet. */
  get control(): boolean {
    return (this.view.getUint8(this.offset + GENEVE_FLAGS) & 0x80) !== 0;
  }

  set control(value: boolean) {
    const at = this.offset + GENEVE_FLAGS;
    const others = this.view.getUint8(at) & 0x7f;
    this.view.setUint8(at, value ? others | 0x80 : others);
  }

  /** The C bit: there are options that must be understood. */
  get criticalOptions(): boolean {
    return (this.view.getUint8(this.offset + GENEVE_FLAGS) & 0x40) !== 0;
  }

  set criticalOptions(value: boolean) {
    const at = this.offset + GENEVE_FLAGS;
    const others = this.view.getUint8(at) & 0xbf;
    this.view.setUint8(at, value ? others | 0x40 : others);
  }

  /** An EtherType; 0x6558 for Ethernet. */
  get protocolType(): number {
    return this.view.getUint16(this.offset + GENEVE_PROTOCOL_TYPE);
  }

  set protocolType(value: number) {
    this.view.setUint16(this.offset + GENEVE_PROTOCOL_TYPE, value);
  }

  get vni(): number {
    return this.view.getUint32(this.offset + GENEVE_VNI) >>> 8;
  }

  set vni(value: number) {
    const at = this.offset + GENEVE_VNI;
    this.view.setUint32(at, (this.view.getUint32(at) & 0x0000_00ff) | ((value & 0x00ff_ffff) << 8));
  }
}
