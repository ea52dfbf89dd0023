/**
 * IPv4 (RFC 791, section 3.1; DSCP from RFC 2474, ECN from RFC 3168).
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |Version|  IHL  |    DSCP   |ECN|         Total Length          |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |        Identification         |0|D|M|     Fragment Offset     |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   | Time to Live  |   Protocol    |        Header Checksum        |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |                        Source Address                         |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |                      Destination Address                      |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |                Options, up to 40 bytes (IHL > 5)              |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */

export const IPV4_VERSION_IHL = 0;
export const IPV4_DSCP_ECN = 1;
export const IPV4_TOTAL_LENGTH = 2;
export const IPV4_IDENTIFICATION = 4;
export const IPV4_FRAGMENT = 6;
export const IPV4_TTL = 8;
export const IPV4_PROTOCOL = 9;
export const IPV4_HEADER_CHECKSUM = 10;
export const IPV4_SRC_ADDRESS = 12;
export const IPV4_DST_ADDRESS = 16;
export const IPV4_MIN_HEADER_LENGTH = 20;

export const IPV4_DONT_FRAGMENT = 0x4000;
export const IPV4_MORE_FRAGMENTS = 0x2000;
export const IPV4_FRAGMENT_OFFSET_MASK = 0x1fff;

/** A view of an IPv4 header. `at` moves it; until then it is at 0. */
export class Ipv4Header {
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
    return this.view.getUint8(this.offset + IPV4_VERSION_IHL) >>> 4;
  }

  set version(value: number) {
    const at = this.offset + IPV4_VERSION_IHL;
    this.view.setUint8(at, (value << 4) | (this.view.getUint8(at) & 0x0f));
  }

  /** Internet Header Length, in words of four bytes. */
  get ihl(): number {
    return this.view.getUint8(this.offset + IPV4_VERSION_IHL) & 0x0f;
  }

  set ihl(value: number) {
    const at = this.offset + IPV4_VERSION_IHL;
    this.view.setUint8(at, (this.view.getUint8(at) & 0xf0) | (value & 0x0f));
  }

  /** The header's length in bytes, options included. */
  get headerLength(): number {
    return this.ihl << 2;
  }

  get dscp(): number {
    return this.view.getUint8(this.offset + IPV4_DSCP_ECN) >>> 2;
  }

  set dscp(value: number) {
    const at = this.offset + IPV4_DSCP_ECN;
    this.view.setUint8(at, (value << 2) | (this.view.getUint8(at) & 0x03));
  }

  get ecn(): number {
    return this.view.getUint8(this.offset + IPV4_DSCP_ECN) & 0x03;
  }

  set ecn(value: number) {
    const at = this.offset + IPV4_DSCP_ECN;
    this.view.setUint8(at, (this.view.getUint8(at) & 0xfc) | (value & 0x03));
  }

  get totalLength(): number {
    return this.view.getUint16(this.offset + IPV4_TOTAL_LENGTH);
  }

  set totalLength(value: number) {
    this.view.setUint16(this.offset + IPV4_TOTAL_LENGTH, value);
  }

  get identification(): number {
    return this.view.getUint16(this.offset + IPV4_IDENTIFICATION);
  }

  set identification(value: number) {
    this.view.setUint16(this.offset + IPV4_IDENTIFICATION, value);
  }

  get dontFragment(): boolean {
    return (this.view.getUint16(this.offset + IPV4_FRAGMENT) & IPV4_DONT_FRAGMENT) !== 0;
  }

  set dontFragment(value: boolean) {
    const at = this.offset + IPV4_FRAGMENT;
    const others = this.view.getUint16(at) & ~IPV4_DONT_FRAGMENT;
    this.view.setUint16(at, value ? others | IPV4_DONT_FRAGMENT : others);
  }

  get moreFragments(): boolean {
    return (this.view.getUint16(this.offset + IPV4_FRAGMENT) & IPV4_MORE_FRAGMENTS) !== 0;
  }

  set moreFragments(value: boolean) {
    const at = this.offset + IPV4_FRAGMENT;
    const others = this.view.getUint16(at) & ~IPV4_MORE_FRAGMENTS;
    this.view.setUint16(at, value ? others | IPV4_MORE_FRAGMENTS : others);
  }

  /** Where the fragment belongs in its datagram, in units of eight bytes. */
  get fragmentOffset(): number {
    return this.view.getUint16(this.offset + IPV4_FRAGMENT) & IPV4_FRAGMENT_OFFSET_MASK;
  }

  set fragmentOffset(value: number) {
    const at = this.offset + IPV4_FRAGMENT;
    const flags = this.view.getUint16(at) & ~IPV4_FRAGMENT_OFFSET_MASK;
    this.view.setUint16(at, flags | (value & IPV4_FRAGMENT_OFFSET_MASK));
  }

  get ttl(): number {
    return this.view.getUint8(this.offset + IPV4_TTL);
  }

  set ttl(value: number) {
    this.view.setUint8(this.offset + IPV4_TTL, value);
  }

  get protocol(): number {
    return this.view.getUint8(this.offset + IPV4_PROTOCOL);
  }

  set protocol(value: number) {
    this.view.setUint8(this.offset + IPV4_PROTOCOL, value);
  }

  get headerChecksum(): number {
    return this.view.getUint16(this.offset + IPV4_HEADER_CHECKSUM);
  }

  set headerChecksum(value: number) {
    this.view.setUint16(this.offset + IPV4_HEADER_CHECKSUM, value);
  }

  get srcAddress(): number {
    return this.view.getUint32(this.offset + IPV4_SRC_ADDRESS);
  }

  set srcAddress(value: number) {
    this.view.setUint32(this.offset + IPV4_SRC_ADDRESS, value);
  }

  get dstAddress(): number {
    return this.view.getUint32(this.offset + IPV4_DST_ADDRESS);
  }

  set dstAddress(value: number) {
    this.view.setUint32(this.offset + IPV4_DST_ADDRESS, value);
  }
}
