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

import { equalBytes, loadBytes, MAC_LENGTH, storeBytes } from '../bytes.js';
import { ETHERNET_DST_MAC, ETHERNET_ETHER_TYPE, ETHERNET_SRC_MAC } from './ethernet-layout.js';

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
    loadBytes(this.view, this.offset + ETHERNET_DST_MAC, MAC_LENGTH, into, at);
  }

  setDstMac(mac: Uint8Array, at = 0): void {
    storeBytes(this.view, this.offset + ETHERNET_DST_MAC, MAC_LENGTH, mac, at);
  }

  dstMacEquals(mac: Uint8Array, at = 0): boolean {
    return equalBytes(this.view, this.offset + ETHERNET_DST_MAC, MAC_LENGTH, mac, at);
  }

  copySrcMac(into: Uint8Array, at = 0): void {
    loadBytes(this.view, this.offset + ETHERNET_SRC_MAC, MAC_LENGTH, into, at);
  }

  setSrcMac(mac: Uint8Array, at = 0): void {
    storeBytes(this.view, this.offset + ETHERNET_SRC_MAC, MAC_LENGTH, mac, at);
  }

  srcMacEquals(mac: Uint8Array, at = 0): boolean {
    return equalBytes(this.view, this.offset + ETHERNET_SRC_MAC, MAC_LENGTH, mac, at);
  }

  /** The first EtherType: that of the outermost tag where the frame is tagged. */
  get etherType(): number {
    return this.view.getUint16(this.offset + ETHERNET_ETHER_TYPE);
  }

  set etherType(value: number) {
    this.view.setUint16(this.offset + ETHERNET_ETHER_TYPE, value);
  }
}
