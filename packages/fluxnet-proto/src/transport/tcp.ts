/**
 * TCP (RFC 9293, section 3.1).
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |          Source Port          |       Destination Port        |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |                        Sequence Number                        |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |                    Acknowledgment Number                      |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   | Data  |       |C|E|U|A|P|R|S|F|                               |
 *   | Offset| Rsrvd |W|C|R|C|S|S|Y|I|            Window             |
 *   |       |       |R|E|G|K|H|T|N|N|                               |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |           Checksum            |         Urgent Pointer        |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |            Options, up to 40 bytes (Data Offset > 5)          |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */

export const TCP_SRC_PORT = 0;
export const TCP_DST_PORT = 2;
export const TCP_SEQUENCE_NUMBER = 4;
export const TCP_ACKNOWLEDGMENT_NUMBER = 8;
export const TCP_DATA_OFFSET = 12;
export const TCP_FLAGS = 13;
export const TCP_WINDOW = 14;
export const TCP_CHECKSUM = 16;
export const TCP_URGENT_POINTER = 18;
export const TCP_MIN_HEADER_LENGTH = 20;

/** The control bits, to be or-ed together. */
export const TcpFlag = {
  fin: 0x01,
  syn: 0x02,
  rst: 0x04,
  psh: 0x08,
  ack: 0x10,
  urg: 0x20,
  ece: 0x40,
  cwr: 0x80,
} as const;

/** A view of a TCP header. `at` moves it; until then it is at 0. */
export class TcpHeader {
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
    return this.view.getUint16(this.offset + TCP_SRC_PORT);
  }

  set srcPort(value: number) {
    this.view.setUint16(this.offset + TCP_SRC_PORT, value);
  }

  get dstPort(): number {
    return this.view.getUint16(this.offset + TCP_DST_PORT);
  }

  set dstPort(value: number) {
    this.view.setUint16(this.offset + TCP_DST_PORT, value);
  }

  get sequenceNumber(): number {
    return this.view.getUint32(this.offset + TCP_SEQUENCE_NUMBER);
  }

  set sequenceNumber(value: number) {
    this.view.setUint32(this.offset + TCP_SEQUENCE_NUMBER, value);
  }

  get acknowledgmentNumber(): number {
    return this.view.getUint32(this.offset + TCP_ACKNOWLEDGMENT_NUMBER);
  }

  set acknowledgmentNumber(value: number) {
    this.view.setUint32(this.offset + TCP_ACKNOWLEDGMENT_NUMBER, value);
  }

  /** The header's length in words of four bytes. */
  get dataOffset(): number {
    return this.view.getUint8(this.offset + TCP_DATA_OFFSET) >>> 4;
  }

  set dataOffset(value: number) {
    const at = this.offset + TCP_DATA_OFFSET;
    this.view.setUint8(at, (value << 4) | (this.view.getUint8(at) & 0x0f));
  }

  /** The header's length in bytes, options included. */
  get headerLength(): number {
    return this.dataOffset << 2;
  }

  /** Four bits that are sent as 0; the lowest was the nonce sum of RFC 3540. */
  get reserved(): number {
    return this.view.getUint8(this.offset + TCP_DATA_OFFSET) & 0x0f;
  }

  set reserved(value: number) {
    const at = this.offset + TCP_DATA_OFFSET;
    this.view.setUint8(at, (this.view.getUint8(at) & 0xf0) | (value & 0x0f));
  }

  /** The eight control bits, see `TcpFlag`. */
  get flags(): number {
    return this.view.getUint8(this.offset + TCP_FLAGS);
  }

  set flags(value: number) {
    this.view.setUint8(this.offset + TCP_FLAGS, value);
  }

  get window(): number {
    return this.view.getUint16(this.offset + TCP_WINDOW);
  }

  set window(value: number) {
    this.view.setUint16(this.offset + TCP_WINDOW, value);
  }

  get checksum(): number {
    return this.view.getUint16(this.offset + TCP_CHECKSUM);
  }

  set checksum(value: number) {
    this.view.setUint16(this.offset + TCP_CHECKSUM, value);
  }

  get urgentPointer(): number {
    return this.view.getUint16(this.offset + TCP_URGENT_POINTER);
  }

  set urgentPointer(value: number) {
    this.view.setUint16(this.offset + TCP_URGENT_POINTER, value);
  }
}
