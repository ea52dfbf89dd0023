/**
 * 802.1Q and 802.1ad tags (IEEE 802.1Q, section 9.6).
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   | PCP |D|    VLAN Identifier    |   EtherType of what follows   |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *
 * The EtherType of the tag itself, 0x8100 or 0x88a8, stands in front of it, where the payload's
 * would be. The view begins behind that, at the tag control information.
 */

export const VLAN_TCI = 0;
export const VLAN_ETHER_TYPE = 2;
export const VLAN_TAG_LENGTH = 4;

/** A view of a tag. `at` moves it; until then it is at 0. */
export class VlanTag {
  readonly view: DataView;
  offset = 0;

  constructor(view: DataView) {
    this.view = view;
  }

  at(offset: number): this {
    this.offset = offset;
    return this;
  }

  /** Priority code point. */
  get pcp(): number {
    return this.view.getUint16(this.offset + VLAN_TCI) >>> 13;
  }

  set pcp(value: number) {
    const at = this.offset + VLAN_TCI;
    this.view.setUint16(at, (this.view.getUint16(at) & 0x1fff) | ((value & 7) << 13));
  }

  /** Drop eligible indicator. */
  get dei(): boolean {
    return (this.view.getUint16(this.offset + VLAN_TCI) & 0x1000) !== 0;
  }

  set dei(value: boolean) {
    const at = this.offset + VLAN_TCI;
    const others = this.view.getUint16(at) & 0xefff;
    this.view.setUint16(at, value ? others | 0x1000 : others);
  }

  get vlanId(): number {
    return this.view.getUint16(this.offset + VLAN_TCI) & 0x0fff;
  }

  set vlanId(value: number) {
    const at = this.offset + VLAN_TCI;
    this.view.setUint16(at, (this.view.getUint16(at) & 0xf000) | (value & 0x0fff));
  }

  get etherType(): number {
    return this.view.getUint16(this.offset + VLAN_ETHER_TYPE);
  }

  set etherType(value: number) {
    this.view.setUint16(this.offset + VLAN_ETHER_TYPE, value);
  }
}
