/**
 * UDP (RFC 768).
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |          Source Port          |       Destination Port        |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |            Length             |           Checksum            |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */

export const UDP_SRC_PORT = 0;
export const UDP_DST_PORT = 2;
export const UDP_LENGTH = 4;
export const UDP_CHECKSUM = 6;
export const UDP_HEADER_LENGTH = 8;

/** A view of a UDP header. `at` moves it; until then it is at 0. */
export class UdpHeader {
  readonly view: DataView;
  offset = 0;

  constructor(view: DataView) {
    this.view = view;
  }

  at(offset: number): this {
    this.offset = offset;
    return this;
  }

  get srcPort(): number {
    return this.view.getUint16(this.offset + UDP_SRC_PORT);
  }

  set srcPort(value: number) {
    this.view.setUint16(this.offset + UDP_SRC_PORT, value);
  }

  get dstPort(): number {
    return this.view.getUint16(this.offset + UDP_DST_PORT);
  }

  set dstPort(value: number) {
    this.view.setUint16(this.offset + UDP_DST_PORT, value);
  }

  /** Of the header and the data, in bytes. */
  get length(): number {
    return this.view.getUint16(this.offset + UDP_LENGTH);
  }

  set length(value: number) {
    this.view.setUint16(this.offset + UDP_LENGTH, value);
  }

  /** 0 means that the sender made none; a checksum that comes out as 0 is sent as 0xffff. */
  get checksum(): number {
    return this.view.getUint16(this.offset + UDP_CHECKSUM);
  }

  set checksum(value: number) {
    this.view.setUint16(this.offset + UDP_CHECKSUM, value);
  }
}
