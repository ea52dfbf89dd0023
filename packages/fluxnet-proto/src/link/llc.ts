/**
 * LLC (IEEE 802.2, section 3.2) with SNAP (RFC 1042).
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |      DSAP     |      SSAP     |    Control    |SNAP: Organizat|
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |    Organization (continued)   |           EtherType           |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */

export const LLC_DSAP = 0;
export const LLC_SSAP = 1;
export const LLC_CONTROL = 2;
export const SNAP_OUI_HIGH = 3;
export const SNAP_OUI_LOW = 5;
export const SNAP_ETHER_TYPE = 6;
/** Without SNAP, and with a control field of one byte. */
export const LLC_MIN_HEADER_LENGTH = 3;
export const LLC_SNAP_LENGTH = 8;
/** DSAP and SSAP 0xaa, unnumbered information, first byte of organization 0. */
export const LLC_SNAP_PREFIX = 0xaaaa_0300;

/** A view of an LLC header. `at` moves it; until then it is at 0. */
export class LlcHeader {
  readonly view: DataView;
  offset = 0;

  constructor(view: DataView) {
    this.view = view;
  }

  at(offset: number): this {
    this.offset = offset;
    return this;
  }

  get dsap(): number {
    return this.view.getUint8(this.offset + LLC_DSAP);
  }

  set dsap(value: number) {
    this.view.setUint8(this.offset + LLC_DSAP, value);
  }

  get ssap(): number {
    return this.view.getUint8(this.offset + LLC_SSAP);
  }

  set ssap(value: number) {
    this.view.setUint8(this.offset + LLC_SSAP, value);
  }

  /** Two bytes long where its low two bits are not both 1; this is the first. */
  get control(): number {
    return this.view.getUint8(this.offset + LLC_CONTROL);
  }

  set control(value: number) {
    this.view.setUint8(this.offset + LLC_CONTROL, value);
  }

  /** Organizationally unique identifier, with SNAP only. */
  get organization(): number {
    return (
      (this.view.getUint16(this.offset + SNAP_OUI_HIGH) << 8) |
      this.view.getUint8(this.offset + SNAP_OUI_LOW)
    );
  }

  set organization(value: number) {
    this.view.setUint16(this.offset + SNAP_OUI_HIGH, value >>> 8);
    this.view.setUint8(this.offset + SNAP_OUI_LOW, value);
  }

  /** With SNAP only: what it means is up to the organization, and an EtherType for 0. */
  get etherType(): number {
    return this.view.getUint16(this.offset + SNAP_ETHER_TYPE);
  }

  set etherType(value: number) {
    this.view.setUint16(this.offset + SNAP_ETHER_TYPE, value);
  }
}
