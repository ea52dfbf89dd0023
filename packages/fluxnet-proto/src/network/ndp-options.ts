/**
 * Options of Neighbor Discovery (RFC 4861, section 4.6).
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |     Type      |    Length     |  Data, Length * 8 - 2 bytes
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */

import { IPV6_ADDRESS_LENGTH, loadBytes, MAC_LENGTH } from '../bytes.js';
import { Icmpv6Type } from './icmpv6.js';

export const NdpOptionType = {
  sourceLinkLayerAddress: 1,
  targetLinkLayerAddress: 2,
  prefixInformation: 3,
  redirectedHeader: 4,
  mtu: 5,
} as const;

/** Where in a message of this type its options begin, in bytes from its type field; -1: it has none. */
export function ndpOptionsOffset(type: number): number {
  switch (type) {
    case Icmpv6Type.routerSolicitation:
      return 8;
    case Icmpv6Type.routerAdvertisement:
      return 16;
    case Icmpv6Type.neighborSolicitation:
    case Icmpv6Type.neighborAdvertisement:
      return 24;
    case Icmpv6Type.redirect:
      return 40;
    default:
      return -1;
  }
}

/** Goes over the options of a Neighbor Discovery message: `over` their bytes, then `next` until it is false. */
export class NdpOptions {
  readonly view: DataView;
  offset = 0;
  /** `NdpOptionType`. */
  type = -1;
  /** Of the whole option in bytes. */
  length = 0;
  /** Whether the rest did not fit: it was left out. */
  malformed = false;
  #next = 0;
  #end = 0;

  constructor(view: DataView) {
    this.view = view;
  }

  /** The options are the bytes from `offset` to `end`: see `ndpOptionsOffset`. */
  over(offset: number, end: number): this {
    this.#next = offset;
    this.#end = end;
    this.malformed = false;
    return this;
  }

  next(): boolean {
    const at = this.#next;
    if (at >= this.#end) return false;
    const length = at + 1 < this.#end ? this.view.getUint8(at + 1) << 3 : 0;
    if (length === 0 || at + length > this.#end) return this.#stop();
    this.offset = at;
    this.type = this.view.getUint8(at);
    this.length = length;
    this.#next = at + length;
    return true;
  }

  #stop(): boolean {
    this.malformed = true;
    this.#next = this.#end;
    return false;
  }

  /** Copies the MAC address of a link-layer address option. */
  copyLinkLayerAddress(into: Uint8Array, at = 0): void {
    loadBytes(this.view, this.offset + 2, MAC_LENGTH, into, at);
  }

  /** Of a prefix information option, as `prefix`. */
  get prefixLength(): number {
    return this.view.getUint8(this.offset + 2);
  }

  copyPrefix(into: Uint8Array, at = 0): void {
    loadBytes(this.view, this.offset + 16, IPV6_ADDRESS_LENGTH, into, at);
  }

  /** Of an MTU option. */
  get mtu(): number {
    return this.view.getUint32(this.offset + 4);
  }
}
