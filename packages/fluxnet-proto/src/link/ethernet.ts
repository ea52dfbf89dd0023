/**
 * Ethernet II (IEEE 802.3, section 3) with 802.1Q tags (IEEE 802.1Q, section 9).
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |                        Destination MAC                        |
 *   +                               +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |                               |                               |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+                               +
 *   |                          Source MAC                           |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |           EtherType           |            Payload
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *
 * A tag's EtherType stands in the place of the payload's; the tag itself, 16 bits with the VLAN
 * identifier in the low 12, and the next EtherType follow.
 */

import { equalMac, loadMac, storeMac } from '../mac.js';

export const ETHERNET_DST_MAC = 0;
export const ETHERNET_SRC_MAC = 6;
export const ETHERNET_ETHER_TYPE = 12;
export const ETHERNET_HEADER_LENGTH = 14;

export const VLAN_TAG_LENGTH = 4;
export const VLAN_ID_MASK = 0x0fff;

export const EtherType = {
  ipv4: 0x0800,
  arp: 0x0806,
  /** 802.1Q customer tag. */
  vlan: 0x8100,
  /** 802.1ad service tag, the outer one of two. */
  serviceVlan: 0x88a8,
} as const;

/**
 * A view of an Ethernet header. `at` moves it; until then it is at 0.
 *
 * Every header class has an `at` of its own: one that they shared would see more shapes than V8
 * specialises a function for.
 */
export class EthernetHeader {
  readonly view: DataView;
  offset = 0;

  constructor(view: DataView) {
    this.view = view;
  }

  at(offset: number): this {
    this.offset = offset;
    return this;
  }

  copyDstMac(into: Uint8Array, at = 0): void {
    loadMac(this.view, this.offset + ETHERNET_DST_MAC, into, at);
  }

  setDstMac(mac: Uint8Array, at = 0): void {
    storeMac(this.view, this.offset + ETHERNET_DST_MAC, mac, at);
  }

  dstMacEquals(mac: Uint8Array, at = 0): boolean {
    return equalMac(this.view, this.offset + ETHERNET_DST_MAC, mac, at);
  }

  copySrcMac(into: Uint8Array, at = 0): void {
    loadMac(this.view, this.offset + ETHERNET_SRC_MAC, into, at);
  }

  setSrcMac(mac: Uint8Array, at = 0): void {
    storeMac(this.view, this.offset + ETHERNET_SRC_MAC, mac, at);
  }

  srcMacEquals(mac: Uint8Array, at = 0): boolean {
    return equalMac(this.view, this.offset + ETHERNET_SRC_MAC, mac, at);
  }

  /** The first EtherType: that of the outermost tag where the frame is tagged. */
  get etherType(): number {
    return this.view.getUint16(this.offset + ETHERNET_ETHER_TYPE);
  }

  set etherType(value: number) {
    this.view.setUint16(this.offset + ETHERNET_ETHER_TYPE, value);
  }
}
