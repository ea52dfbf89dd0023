/** Where the parts of a packet are, as an expression goes on: `vlan` and the like move them. */

import { LinkType } from '../pcap/link-type.js';
import { and, equal, FALSE, load, masked, or, type Test, TRUE, type Value } from './ir.js';

const ETHER_IP = 0x0800;
const ETHER_IPV6 = 0x86dd;
const ETHER_MPLS = 0x8847;
/** Values up to this one are lengths of 802.3 frames, with LLC behind them. */
const MAX_8023_LENGTH = 1500;
const AF_INET = 2;
/** Of Linux; the number differs between systems. */
const AF_INET6 = 10;
const PPP_PROTOCOLS: Readonly<Record<number, number>> = {
  [ETHER_IP]: 0x0021,
  [ETHER_IPV6]: 0x0057,
  [ETHER_MPLS]: 0x0281,
};

type Kind = 'ethernet' | 'sll' | 'ppp' | 'null' | 'loop' | 'raw' | 'ipv4' | 'ipv6';

/** What of the link types: where the type of the payload is, and the payload. */
const LINKS: Readonly<Record<number, { kind: Kind; type: number; payload: number }>> = {
  [LinkType.ethernet]: { kind: 'ethernet', type: 12, payload: 14 },
  [LinkType.linuxSll]: { kind: 'sll', type: 14, payload: 16 },
  [LinkType.linuxSll2]: { kind: 'sll', type: 0, payload: 20 },
  [LinkType.ppp]: { kind: 'ppp', type: 2, payload: 4 },
  [LinkType.null]: { kind: 'null', type: 0, payload: 4 },
  [LinkType.loop]: { kind: 'loop', type: 0, payload: 4 },
  [LinkType.raw]: { kind: 'raw', type: 0, payload: 0 },
  [LinkType.ipv4]: { kind: 'ipv4', type: 0, payload: 0 },
  [LinkType.ipv6]: { kind: 'ipv6', type: 0, payload: 0 },
};

export class LinkLayer {
  #kind: Kind;
  /** Of the EtherType or what corresponds to it. */
  #type: number;
  #payload: number;
  /** MPLS entries between the link header and the network header. */
  #labels = 0;

  constructor(linkType: number) {
    const link = LINKS[linkType];
    if (link === undefined) {
      throw new RangeError(
        `filters know no link type ${linkType}; they know ${Object.keys(LINKS).join(', ')}`,
      );
    }
    this.#kind = link.kind;
    this.#type = link.type;
    this.#payload = link.payload;
  }

  get isEthernet(): boolean {
    return this.#kind === 'ethernet';
  }

  get hasLabels(): boolean {
    return this.#labels > 0;
  }

  /** Where the network header is. */
  get network(): number {
    return this.#payload + 4 * this.#labels;
  }

  /** Is that what the link header carries? */
  carries(etherType: number): Test {
    if (this.#labels > 0) return this.#carriesBehindLabels(etherType);
    const type = load(2, this.#type);
    switch (this.#kind) {
      case 'ethernet':
      case 'sll':
        return this.#carriesEtherType(type, etherType);
      case 'ppp':
        return equal(type, PPP_PROTOCOLS[etherType] ?? etherType);
      case 'null':
      case 'loop':
        return this.#carriesFamily(etherType);
      case 'raw':
        return this.#hasVersion(etherType);
      case 'ipv4':
        return etherType === ETHER_IP ? TRUE : FALSE;
      case 'ipv6':
        return etherType === ETHER_IPV6 ? TRUE : FALSE;
    }
  }

  /** Goes behind a VLAN tag. */
  enterVlan(): void {
    this.#type += 4;
    this.#payload += 4;
  }

  /** Goes behind an MPLS entry; says whether there is one. */
  enterMpls(label: number | undefined): Test {
    // One behind another is there when that is not the last of the stack.
    const there = this.hasLabels
      ? equal(masked(load(1, this.network - 2), 1), 0)
      : this.carries(ETHER_MPLS);
    const matches =
      label === undefined
        ? TRUE
        : equal(masked(load(4, this.network), 0xffff_f000), label * 0x1000);
    this.#labels++;
    return and(there, matches);
  }

  /** Goes behind a PPPoE session header and on to PPP. */
  enterPppoes(): void {
    this.#type = this.network + 6;
    this.#payload = this.#type + 2;
    this.#labels = 0;
    this.#kind = 'ppp';
  }

  #carriesEtherType(type: Value, etherType: number): Test {
    if (etherType > MAX_8023_LENGTH) return equal(type, etherType);
    const isLength: Test = {
      op: 'not',
      operand: {
        op: 'compare',
        operator: '>',
        left: type,
        right: { op: 'number', value: MAX_8023_LENGTH },
      },
    };
    return and(isLength, equal(load(1, this.#payload), etherType));
  }

  /** There is no type behind labels: the last of them, and the version of IP, must do. */
  #carriesBehindLabels(etherType: number): Test {
    if (etherType !== ETHER_IP && etherType !== ETHER_IPV6) return FALSE;
    return and(equal(masked(load(1, this.network - 2), 1), 1), this.#hasVersion(etherType));
  }

  #carriesFamily(etherType: number): Test {
    const family =
      etherType === ETHER_IP ? AF_INET : etherType === ETHER_IPV6 ? AF_INET6 : undefined;
    if (family === undefined) return FALSE;
    const value = load(4, this.#type);
    const bigEndian = equal(value, family);
    if (this.#kind === 'loop') return bigEndian;
    // In the byte order of the machine that captured: the other one is far too large.
    return or(equal(value, family * 0x100_0000), bigEndian);
  }

  #hasVersion(etherType: number): Test {
    const version = masked(load(1, this.network), 0xf0);
    if (etherType === ETHER_IP) return equal(version, 0x40);
    return etherType === ETHER_IPV6 ? equal(version, 0x60) : FALSE;
  }
}
