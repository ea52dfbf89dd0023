import {
  DETAIL_NONE,
  DETAIL_TCP_FLAGS,
  FragmentKind,
  NO_PORT,
  NO_PROTOCOL,
  NO_VLAN,
} from './layout.js';

const MAX_VLAN_TAGS = 4;
const MAX_EXTENSION_HEADERS = 8;

/**
 * What rules ask of a packet, as places in the tables: `fluxnet_parse` of
 * native/bpf/steering.bpf.c, step by step.
 */
export class PacketFields {
  etherType = 0;
  vlan = NO_VLAN;
  protocol = NO_PROTOCOL;
  fragment: number = FragmentKind.none;
  nextHeader = NO_PROTOCOL;
  detail = DETAIL_NONE;
  srcPort = NO_PORT;
  dstPort = NO_PORT;
  /** 4, 6, or 0 without a whole IP header. */
  family: 0 | 4 | 6 = 0;
  /** Where the source address lies; the destination follows it. */
  addressOffset = -1;

  /** Reads the frame of `length` bytes at `offset`. */
  read(view: DataView, offset: number, length: number): void {
    this.etherType = 0;
    this.vlan = NO_VLAN;
    this.protocol = NO_PROTOCOL;
    this.fragment = FragmentKind.none;
    this.nextHeader = NO_PROTOCOL;
    this.detail = DETAIL_NONE;
    this.srcPort = NO_PORT;
    this.dstPort = NO_PORT;
    this.family = 0;
    this.addressOffset = -1;
    const end = offset + length;
    if (length < 14) return;
    let etherType = view.getUint16(offset + 12);
    let at = offset + 14;
    for (let i = 0; i < MAX_VLAN_TAGS; i++) {
      if (etherType !== 0x8100 && etherType !== 0x88a8 && etherType !== 0x9100) break;
      if (at + 4 > end) break;
      if (i === 0) this.vlan = view.getUint16(at) & 0x0fff;
      etherType = view.getUint16(at + 2);
      at += 4;
    }
    this.etherType = etherType;
    if (etherType === 0x0800) this.#readIpv4(view, at, end);
    if (etherType === 0x86dd) this.#readIpv6(view, at, end);
  }

  #readIpv4(view: DataView, at: number, end: number): void {
    if (at + 20 > end) return;
    const fragment = view.getUint16(at + 6);
    this.family = 4;
    this.protocol = view.getUint8(at + 9);
    this.nextHeader = this.protocol;
    this.addressOffset = at + 12;
    if ((fragment & 0x1fff) !== 0) {
      this.fragment = FragmentKind.later;
      return;
    }
    if ((fragment & 0x2000) !== 0) this.fragment = FragmentKind.first;
    this.#readTransport(view, at + (view.getUint8(at) & 0x0f) * 4, end);
  }

  #readIpv6(view: DataView, start: number, end: number): void {
    if (start + 40 > end) return;
    this.family = 6;
    let next = view.getUint8(start + 6);
    this.nextHeader = next;
    this.addressOffset = start + 8;
    let at = start + 40;
    for (let i = 0; i <= MAX_EXTENSION_HEADERS; i++) {
      if (!isExtensionHeader(next)) {
        this.protocol = next;
        this.#readTransport(view, at, end);
        return;
      }
      if (at + 8 > end) return;
      if (next === 44) {
        const fragment = view.getUint16(at + 2);
        if (fragment >>> 3 !== 0) {
          this.fragment = FragmentKind.later;
          this.protocol = view.getUint8(at);
          return;
        }
        if ((fragment & 1) !== 0) this.fragment = FragmentKind.first;
      }
      const length = view.getUint8(at + 1);
      // RFC 4302 §2.2: in units of 4 bytes, minus 2.
      const bytes = next === 44 ? 8 : next === 51 ? (length + 2) * 4 : (length + 1) * 8;
      next = view.getUint8(at);
      at += bytes;
    }
  }

  #readTransport(view: DataView, at: number, end: number): void {
    const { protocol } = this;
    if (protocol === 1 || protocol === 58) {
      if (at + 2 <= end) this.detail = view.getUint16(at);
      return;
    }
    if (protocol !== 6 && protocol !== 17 && protocol !== 132 && protocol !== 136) return;
    if (protocol === 6 && at + 14 <= end) this.detail = DETAIL_TCP_FLAGS + view.getUint8(at + 13);
    if (at + 4 > end) return;
    this.srcPort = view.getUint16(at);
    this.dstPort = view.getUint16(at + 2);
  }
}

function isExtensionHeader(protocol: number): boolean {
  return (
    protocol === 0 ||
    protocol === 43 ||
    protocol === 44 ||
    protocol === 51 ||
    protocol === 60 ||
    protocol === 135
  );
}
