/**
 * A label stack entry of MPLS (RFC 3032, section 2.1; traffic class from RFC 5462).
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |                 Label                 |  TC |S|      TTL      |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */

export const MPLS_ENTRY = 0;
export const MPLS_TTL = 3;
export const MPLS_ENTRY_LENGTH = 4;
/** In the whole entry. */
export const MPLS_BOTTOM_OF_STACK = 0x100;

/** A view of a label stack entry. `at` moves it; until then it is at 0. */
export class MplsEntry {
  readonly view: DataView;
  offset = 0;

  constructor(view: DataView) {
    this.view = view;
  }

  at(offset: number): this {
    this.offset = offset;
    return this;
  }

  get label(): number {
    return this.view.getUint32(this.offset + MPLS_ENTRY) >>> 12;
  }

  set label(value: number) {
    const at = this.offset + MPLS_ENTRY;
    this.view.setUint32(
      at,
      (this.view.getUint32(at) & 0x0000_0fff) | ((value & 0x000f_ffff) << 12),
    );
  }

  get trafficClass(): number {
    return (this.view.getUint32(this.offset + MPLS_ENTRY) >>> 9) & 7;
  }

  set trafficClass(value: number) {
    const at = this.offset + MPLS_ENTRY;
    this.view.setUint32(at, (this.view.getUint32(at) & 0xffff_f1ff) | ((value & 7) << 9));
  }

  get bottomOfStack(): boolean {
    return (this.view.getUint32(this.offset + MPLS_ENTRY) & 0x0000_0100) !== 0;
  }

  set bottomOfStack(value: boolean) {
    const at = this.offset + MPLS_ENTRY;
    const others = this.view.getUint32(at) & 0xffff_feff;
    this.view.setUint32(at, value ? others | 0x0000_0100 : others);
  }

  get ttl(): number {
    return this.view.getUint8(this.offset + MPLS_TTL);
  }

  set ttl(value: number) {
    this.view.setUint8(this.offset + MPLS_TTL, value);
  }
}
