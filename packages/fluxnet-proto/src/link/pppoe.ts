/**
 * PPP over Ethernet (RFC 2516, section 4).
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |  VER  |  TYPE |      CODE     |           SESSION_ID          |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |             LENGTH            |  PPP protocol (session only)  |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */

export const PPPOE_VERSION_TYPE = 0;
export const PPPOE_CODE = 1;
export const PPPOE_SESSION_ID = 2;
export const PPPOE_LENGTH = 4;
export const PPPOE_PPP_PROTOCOL = 6;
export const PPPOE_HEADER_LENGTH = 6;

/** A view of a PPPoE header. `at` moves it; until then it is at 0. */
export class PppoeHeader {
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
    return this.view.getUint8(this.offset + PPPOE_VERSION_TYPE) >>> 4;
  }

  set version(value: number) {
    const at = this.offset + PPPOE_VERSION_TYPE;
    this.view.setUint8(at, (this.view.getUint8(at) & 0x0f) | ((value & 0x0f) << 4));
  }

  get type(): number {
    return this.view.getUint8(this.offset + PPPOE_VERSION_TYPE) & 0x0f;
  }

  set type(value: number) {
    const at = this.offset + PPPOE_VERSION_TYPE;
    this.view.setUint8(at, (this.view.getUint8(at) & 0xf0) | (value & 0x0f));
  }

  /** 0 for a session. */
  get code(): number {
    return this.view.getUint8(this.offset + PPPOE_CODE);
  }

  set code(value: number) {
    this.view.setUint8(this.offset + PPPOE_CODE, value);
  }

  get sessionId(): number {
    return this.view.getUint16(this.offset + PPPOE_SESSION_ID);
  }

  set sessionId(value: number) {
    this.view.setUint16(this.offset + PPPOE_SESSION_ID, value);
  }

  /** Of the payload, with the PPP protocol. */
  get length(): number {
    return this.view.getUint16(this.offset + PPPOE_LENGTH);
  }

  set length(value: number) {
    this.view.setUint16(this.offset + PPPOE_LENGTH, value);
  }

  /** In a session, `PppProtocol`. */
  get pppProtocol(): number {
    return this.view.getUint16(this.offset + PPPOE_PPP_PROTOCOL);
  }

  set pppProtocol(value: number) {
    this.view.setUint16(this.offset + PPPOE_PPP_PROTOCOL, value);
  }
}
