/**
 * VXLAN (RFC 7348, section 5).
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |R|R|R|R|I|R|R|R|                    Reserved                   |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |         VXLAN Network Identifier (VNI)        |    Reserved   |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */

export const VXLAN_FLAGS = 0;
export const VXLAN_VNI = 4;
export const VXLAN_HEADER_LENGTH = 8;
export const VXLAN_FLAG_VNI = 0x08;
export const VXLAN_PORT = 4789;
/** What Linux takes by default (drivers/net/vxlan). */
export const VXLAN_PORT_LINUX = 8472;

/** A view of a VXLAN header. `at` moves it; until then it is at 0. */
export class VxlanHeader {
  readonly view: DataView;
  offset = 0;

  constructor(view: DataView) {
    this.view = view;
  }

  at(offset: number): this {
    this.offset = offset;
    return this;
  }

  /** The I flag: must be set. */
  get hasVni(): boolean {
    return (this.view.getUint8(this.offset + VXLAN_FLAGS) & 0x08) !== 0;
  }

  set hasVni(value: boolean) {
    const at = this.offset + VXLAN_FLAGS;
    const others = this.view.getUint8(at) & 0xf7;
    this.view.setUint8(at, value ? others | 0x08 : others);
  }

  get vni(): number {
    return this.view.getUint32(this.offset + VXLAN_VNI) >>> 8;
  }

  set vni(value: number) {
    const at = this.offset + VXLAN_VNI;
    this.view.setUint32(at, (this.view.getUint32(at) & 0x0000_00ff) | ((value & 0x00ff_ffff) << 8));
  }
}
