/**
 * IPv6 (RFC 8200, section 3; DSCP from RFC 2474, ECN from RFC 3168).
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |Version|    DSCP   |ECN|               Flow Label              |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |         Payload Length        |  Next Header  |   Hop Limit   |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |                                                               |
 *   +                    Source Address, 16 bytes                   +
 *   |                                                               |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |                                                               |
 *   +                 Destination Address, 16 bytes                 +
 *   |                                                               |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */

import { equalBytes, IPV6_ADDRESS_LENGTH, loadBytes, storeBytes } from '../bytes.js';
import {
  IPV6_DST_ADDRESS,
  IPV6_HOP_LIMIT,
  IPV6_NEXT_HEADER,
  IPV6_PAYLOAD_LENGTH,
  IPV6_SRC_ADDRESS,
  IPV6_VERSION,
} from './ipv6-layout.js';

/** A view of an IPv6 header. `at` moves it; until then it is at 0. */
export class Ipv6Header {
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
    return this.view.getUint8(this.offset + IPV6_VERSION) >>> 4;
  }

  set version(value: number) {
    const at = this.offset + IPV6_VERSION;
    this.view.setUint8(at, (this.view.getUint8(at) & 0x0f) | ((value & 0x0f) << 4));
  }

  get dscp(): number {
    return (this.view.getUint16(this.offset + IPV6_VERSION) >>> 6) & 0x3f;
  }

  set dscp(value: number) {
    const at = this.offset + IPV6_VERSION;
    this.view.setUint16(at, (this.view.getUint16(at) & 0xf03f) | ((value & 0x3f) << 6));
  }

  get ecn(): number {
    return (this.view.getUint16(this.offset + IPV6_VERSION) >>> 4) & 3;
  }

  set ecn(value: number) {
    const at = this.offset + IPV6_VERSION;
    this.view.setUint16(at, (this.view.getUint16(at) & 0xffcf) | ((value & 3) << 4));
  }

  /** DSCP and ECN together. */
  get trafficClass(): number {
    return (this.view.getUint16(this.offset + IPV6_VERSION) >>> 4) & 0xff;
  }

  get flowLabel(): number {
    return this.view.getUint32(this.offset + IPV6_VERSION) & 0x000f_ffff;
  }

  set flowLabel(value: number) {
    const at = this.offset + IPV6_VERSION;
    this.view.setUint32(at, (this.view.getUint32(at) & 0xfff0_0000) | (value & 0x000f_ffff));
  }

  /** Of all behind this header, extension headers included. */
  get payloadLength(): number {
    return this.view.getUint16(this.offset + IPV6_PAYLOAD_LENGTH);
  }

  set payloadLength(value: number) {
    this.view.setUint16(this.offset + IPV6_PAYLOAD_LENGTH, value);
  }

  get nextHeader(): number {
    return this.view.getUint8(this.offset + IPV6_NEXT_HEADER);
  }

  set nextHeader(value: number) {
    this.view.setUint8(this.offset + IPV6_NEXT_HEADER, value);
  }

  get hopLimit(): number {
    return this.view.getUint8(this.offset + IPV6_HOP_LIMIT);
  }

  set hopLimit(value: number) {
    this.view.setUint8(this.offset + IPV6_HOP_LIMIT, value);
  }

  copySrcAddress(into: Uint8Array, at = 0): void {
    loadBytes(this.view, this.offset + IPV6_SRC_ADDRESS, IPV6_ADDRESS_LENGTH, into, at);
  }

  setSrcAddress(address: Uint8Array, at = 0): void {
    storeBytes(this.view, this.offset + IPV6_SRC_ADDRESS, IPV6_ADDRESS_LENGTH, address, at);
  }

  srcAddressEquals(address: Uint8Array, at = 0): boolean {
    return equalBytes(this.view, this.offset + IPV6_SRC_ADDRESS, IPV6_ADDRESS_LENGTH, address, at);
  }

  copyDstAddress(into: Uint8Array, at = 0): void {
    loadBytes(this.view, this.offset + IPV6_DST_ADDRESS, IPV6_ADDRESS_LENGTH, into, at);
  }

  setDstAddress(address: Uint8Array, at = 0): void {
    storeBytes(this.view, this.offset + IPV6_DST_ADDRESS, IPV6_ADDRESS_LENGTH, address, at);
  }

  dstAddressEquals(address: Uint8Array, at = 0): boolean {
    return equalBytes(this.view, this.offset + IPV6_DST_ADDRESS, IPV6_ADDRESS_LENGTH, address, at);
  }
}
