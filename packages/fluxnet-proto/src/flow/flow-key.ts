/**
 * The five things that tell flows apart: addresses, ports and protocol. For ICMP the ports are type
 * and code; for protocols without ports they are 0.
 *
 * A key is set and read again and again. Sets and maps of flows use `hash` or `toString`.
 */

import { formatIpv4 } from '../address/ipv4-address.js';
import { formatIpv6, IPV6_LENGTH } from '../address/ipv6-address.js';

const WORDS = 4;
const DST = 4;

export class FlowKey {
  /** 4 or 6. */
  version: 4 | 6 = 4;
  protocol = 0;
  srcPort = 0;
  dstPort = 0;
  /** Source, then destination address, four words each; IPv4 uses the first of them. */
  readonly words = new Int32Array(2 * WORDS);

  /** From an IPv4 header. The ports are those given: -1 for none. */
  setIpv4(view: DataView, ipOffset: number, srcPort: number, dstPort: number): this {
    return this.setIpv4Addresses(
      view.getUint32(ipOffset + 12),
      view.getUint32(ipOffset + 16),
      view.getUint8(ipOffset + 9),
      srcPort,
      dstPort,
    );
  }

  setIpv4Addresses(
    srcAddress: number,
    dstAddress: number,
    protocol: number,
    srcPort: number,
    dstPort: number,
  ): this {
    this.words.fill(0);
    this.words[0] = srcAddress;
    this.words[DST] = dstAddress;
    return this.#setRest(4, protocol, srcPort, dstPort);
  }

  /** From an IPv6 header. The protocol is that behind its extension headers. */
  setIpv6(
    view: DataView,
    ipOffset: number,
    protocol: number,
    srcPort: number,
    dstPort: number,
  ): this {
    for (let i = 0; i < 2 * WORDS; i++) this.words[i] = view.getInt32(ipOffset + 8 + 4 * i);
    return this.#setRest(6, protocol, srcPort, dstPort);
  }

  copyFrom(other: FlowKey): this {
    this.words.set(other.words);
    return this.#setRest(other.version, other.protocol, other.srcPort, other.dstPort);
  }

  /** Turns the direction around. */
  reverse(): this {
    const { words, srcPort } = this;
    for (let i = 0; i < WORDS; i++) {
      const word = words[i]!;
      words[i] = words[DST + i]!;
      words[DST + i] = word;
    }
    this.srcPort = this.dstPort;
    this.dstPort = srcPort;
    return this;
  }

  equals(other: FlowKey): boolean {
    for (let i = 0; i < 2 * WORDS; i++) if (this.words[i] !== other.words[i]) return false;
    return (
      this.version === other.version &&
      this.protocol === other.protocol &&
      this.srcPort === other.srcPort &&
      this.dstPort === other.dstPort
    );
  }

  /** 32 bits that depend on the direction. */
  hash(): number {
    const source = this.#endpointHash(0, this.srcPort);
    return this.#mixProtocol(Math.imul(source, 31) + this.#endpointHash(DST, this.dstPort));
  }

  /** 32 bits, the same for both directions of a flow. */
  symmetricHash(): number {
    return this.#mixProtocol(
      this.#endpointHash(0, this.srcPort) + this.#endpointHash(DST, this.dstPort),
    );
  }

  /** Below zero, zero or above, as the source endpoint comes before the destination or behind. */
  compareEndpoints(): number {
    for (let i = 0; i < WORDS; i++) {
      const difference = (this.words[i]! >>> 0) - (this.words[DST + i]! >>> 0);
      if (difference !== 0) return difference;
    }
    return this.srcPort - this.dstPort;
  }

  /** Address bytes: 4 or 16 of each. */
  srcBytes(): Uint8Array {
    return this.#bytes(0);
  }

  dstBytes(): Uint8Array {
    return this.#bytes(DST);
  }

  /** `192.0.2.1:4000 > 192.0.2.2:53 proto 17` */
  toString(): string {
    const source = endpointText(this.version, this.srcBytes(), this.srcPort);
    const destination = endpointText(this.version, this.dstBytes(), this.dstPort);
    return `${source} > ${destination} proto ${this.protocol}`;
  }

  #setRest(version: 4 | 6, protocol: number, srcPort: number, dstPort: number): this {
    this.version = version;
    this.protocol = protocol;
    this.srcPort = Math.max(0, srcPort);
    this.dstPort = Math.max(0, dstPort);
    return this;
  }

  #endpointHash(at: number, port: number): number {
    const { words } = this;
    let h = mix(port ^ 0x9e37_79b9, words[at]!);
    if (this.version === 6) {
      h = mix(mix(mix(h, words[at + 1]!), words[at + 2]!), words[at + 3]!);
    }
    return finish(h);
  }

  #mixProtocol(sum: number): number {
    return finish(mix(sum, (this.version << 8) | this.protocol)) >>> 0;
  }

  #bytes(at: number): Uint8Array {
    const bytes = new Uint8Array(this.version === 4 ? 4 : IPV6_LENGTH);
    const view = new DataView(bytes.buffer);
    for (let i = 0; 4 * i < bytes.length; i++) view.setInt32(4 * i, this.words[at + i]!);
    return bytes;
  }
}

function endpointText(version: 4 | 6, bytes: Uint8Array, port: number): string {
  if (version === 6) return `[${formatIpv6(bytes)}]:${port}`;
  return `${formatIpv4(new DataView(bytes.buffer).getUint32(0))}:${port}`;
}

// The steps of MurmurHash3 (32 bits).

function mix(h: number, word: number): number {
  let k = Math.imul(word, 0xcc9e_2d51);
  k = Math.imul((k << 15) | (k >>> 17), 0x1b87_3593);
  const mixed = h ^ k;
  return (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe654_6b64) | 0;
}

function finish(hash: number): number {
  let h = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2_ae35);
  return h ^ (h >>> 16);
}
