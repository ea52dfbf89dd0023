/**
 * Messages of Neighbor Discovery (RFC 4861, section 4): what stands between the ICMPv6 header's
 * first four bytes and the options. Solicitations and advertisements of neighbours:
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |     Type      |     Code      |           Checksum            |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |R|S|O|                      Reserved                           |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |                  Target Address, 16 bytes                     |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *
 * A router advertisement has hop limit, flags and lifetime in the second word, then two timers.
 */

import { equalBytes, IPV6_ADDRESS_LENGTH, loadBytes, storeBytes } from '../bytes.js';

const FLAGS = 4;
const TARGET_ADDRESS = 8;
const CUR_HOP_LIMIT = 4;
const ROUTER_FLAGS = 5;
const ROUTER_LIFETIME = 6;
const REACHABLE_TIME = 8;
const RETRANS_TIMER = 12;

/** A view of a Neighbor Discovery message, at its ICMPv6 header. Until `at` moves it, it is at 0. */
export class NdpMessage {
  readonly view: DataView;
  offset = 0;

  constructor(view: DataView) {
    this.view = view;
  }

  at(offset: number): this {
    this.offset = offset;
    return this;
  }

  /** R, S and O of a neighbour advertisement, in that order from bit 7 down. */
  get flags(): number {
    return this.view.getUint8(this.offset + FLAGS);
  }

  set flags(value: number) {
    this.view.setUint8(this.offset + FLAGS, value);
  }

  /** Of a neighbour solicitation, a neighbour advertisement, or a redirect. */
  copyTargetAddress(into: Uint8Array, at = 0): void {
    loadBytes(this.view, this.offset + TARGET_ADDRESS, IPV6_ADDRESS_LENGTH, into, at);
  }

  setTargetAddress(address: Uint8Array, at = 0): void {
    storeBytes(this.view, this.offset + TARGET_ADDRESS, IPV6_ADDRESS_LENGTH, address, at);
  }

  targetAddressEquals(address: Uint8Array, at = 0): boolean {
    return equalBytes(this.view, this.offset + TARGET_ADDRESS, IPV6_ADDRESS_LENGTH, address, at);
  }

  /** Of a router advertisement, as all that follow. */
  get curHopLimit(): number {
    return this.view.getUint8(this.offset + CUR_HOP_LIMIT);
  }

  /** M and O, in that order from bit 7 down. */
  get routerFlags(): number {
    return this.view.getUint8(this.offset + ROUTER_FLAGS);
  }

  /** In seconds. */
  get routerLifetime(): number {
    return this.view.getUint16(this.offset + ROUTER_LIFETIME);
  }

  /** In milliseconds. */
  get reachableTime(): number {
    return this.view.getUint32(this.offset + REACHABLE_TIME);
  }

  /** In milliseconds. */
  get retransTimer(): number {
    return this.view.getUint32(this.offset + RETRANS_TIMER);
  }
}
