/**
 * SCTP, the common header (RFC 9260, section 3.1).
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |       Source Port Number      |    Destination Port Number    |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |                        Verification Tag                       |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |                       Checksum (CRC32c)                       |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */

export const SCTP_SRC_PORT = 0;
export const SCTP_DST_PORT = 2;
export const SCTP_VERIFICATION_TAG = 4;
export const SCTP_CHECKSUM = 8;
export const SCTP_HEADER_LENGTH = 12;

/** A view of an SCTP common header. `at` moves it; until then it is at 0. */
export class SctpHeader {
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
    return this.view.getUint16(this.offset + SCTP_SRC_PORT);
  }

  set srcPort(value: number) {
    this.view.setUint16(this.offset + SCTP_SRC_PORT, value);
  }

  get dstPort(): number {
    return this.view.getUint16(this.offset + SCTP_DST_PORT);
  }

  set dstPort(value: number) {
    this.view.setUint16(this.offset + SCTP_DST_PORT, value);
  }

  get verificationTag(): number {
    return this.view.getUint32(this.offset + SCTP_VERIFICATION_TAG);
  }

  set verificationTag(value: number) {
    this.view.setUint32(this.offset + SCTP_VERIFICATION_TAG, value);
  }

  /** CRC32c, its lowest byte first on the wire: here in the order of the bytes. */
  get checksum(): number {
    return this.view.getUint32(this.offset + SCTP_CHECKSUM);
  }

  set checksum(value: number) {
    this.view.setUint32(this.offset + SCTP_CHECKSUM, value);
  }
}
