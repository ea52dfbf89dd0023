/**
 * Says in comparisons of bytes what an expression means, as libpcap 1.10 does (gencode.c): in the
 * same order, because a packet that ends before a byte that is looked at does not match.
 */

import { ProtoError } from '../error.js';
import type { Direction, FilterArithmetic, FilterExpression, ProtocolName } from './ast.js';
import {
  and,
  equal,
  FALSE,
  load,
  masked,
  not,
  number,
  or,
  type Test,
  TRUE,
  type Value,
} from './ir.js';
import { LinkLayer } from './link-layer.js';
import { PROTOCOL_ETHER_TYPES, PROTOCOL_NUMBERS } from './names.js';

const ETHER_IP = 0x0800;
const ETHER_IPV6 = 0x86dd;
const ETHER_ARP = 0x0806;
const ETHER_RARP = 0x8035;
const ETHER_PPPOES = 0x8864;
const VLAN_TYPES = [0x8100, 0x88a8, 0x9100] as const;
const IPV6_FRAGMENT = 44;
const IPV6_HEADER_LENGTH = 40;
const TRANSPORT_NUMBERS = { tcp: 6, udp: 17, sctp: 132 } as const;
/** Protocols that a name stands for in IPv4 alone. */
const IPV4_ONLY: readonly ProtocolName[] = ['icmp', 'igmp', 'igrp', 'vrrp', 'carp'];

export interface LowerOptions {
  readonly linkType: number;
  readonly netmask: number;
}

export function lower(expression: FilterExpression, options: LowerOptions): Test {
  return new Lowering(options).test(expression);
}

class Lowering {
  readonly #link: LinkLayer;
  readonly #netmask: number;

  constructor({ linkType, netmask }: LowerOptions) {
    this.#link = new LinkLayer(linkType);
    this.#netmask = netmask;
  }

  /** From left to right: `vlan` and the like move what comes after them. */
  test(node: FilterExpression): Test {
    switch (node.type) {
      case 'all':
        return TRUE;
      case 'and':
        return and(this.test(node.left), this.test(node.right));
      case 'or':
        return or(this.test(node.left), this.test(node.right));
      case 'not':
        return not(this.test(node.operand));
      case 'protocol':
        return this.#protocol(node.protocol);
      case 'etherProtocol':
        return this.#link.carries(node.etherType);
      case 'ipProtocol':
        return this.#ipProtocol(node.version, node.protocol);
      case 'mac':
        return this.#mac(node.direction, node.address);
      case 'ipv4Net':
        return this.#ipv4Net(node);
      case 'ipv6Net':
        return this.#ipv6Net(node);
      case 'port':
        return this.#port(node);
      case 'broadcast':
        return node.protocol === 'ether' ? this.#macAt(0, BROADCAST) : this.#ipBroadcast();
      case 'multicast':
        return this.#multicast(node.protocol);
      case 'vlan':
        return this.#vlan(node.id);
      case 'mpls':
        return this.#link.enterMpls(node.label);
      case 'pppoes':
        return this.#pppoes(node.session);
      case 'relation':
        return this.#relation(node);
    }
  }

  #protocol(protocol: ProtocolName): Test {
    const etherType = PROTOCOL_ETHER_TYPES[protocol];
    if (etherType !== undefined) return this.#link.carries(etherType);
    const version = protocol === 'icmp6' ? 6 : IPV4_ONLY.includes(protocol) ? 4 : undefined;
    return this.#ipProtocol(version, PROTOCOL_NUMBERS[protocol]!);
  }

  #ipProtocol(version: 4 | 6 | undefined, protocol: number): Test {
    if (version === undefined) {
      return or(this.#ipProtocol(4, protocol), this.#ipProtocol(6, protocol));
    }
    const { network } = this.#link;
    if (version === 4) {
      return and(this.#link.carries(ETHER_IP), equal(load(1, network + 9), protocol));
    }
    const nextHeader = load(1, network + 6);
    const behindFragment = and(
      equal(nextHeader, IPV6_FRAGMENT),
      equal(load(1, network + IPV6_HEADER_LENGTH), protocol),
    );
    return and(this.#link.carries(ETHER_IPV6), or(equal(nextHeader, protocol), behindFragment));
  }

  #mac(direction: Direction, address: Uint8Array): Test {
    return inDirection(direction, (isSource) => this.#macAt(isSource ? 6 : 0, address));
  }

  #macAt(at: number, address: Uint8Array): Test {
    this.#requireEthernet('MAC addresses');
    const view = new DataView(address.buffer, address.byteOffset);
    return and(equal(load(4, at + 2), view.getUint32(2)), equal(load(2, at), view.getUint16(0)));
  }

  #ipv4Net(node: Extract<FilterExpression, { type: 'ipv4Net' }>): Test {
    const of = (etherType: number, source: number, destination: number) =>
      inDirection(node.direction, (isSource) => {
        const at = this.#link.network + (isSource ? source : destination);
        return and(
          this.#link.carries(etherType),
          equal(masked(load(4, at), node.mask), node.address),
        );
      });
    switch (node.protocol) {
      case 'ip':
        return of(ETHER_IP, 12, 16);
      case 'arp':
        return of(ETHER_ARP, 14, 24);
      case 'rarp':
        return of(ETHER_RARP, 14, 24);
      case undefined:
        // Behind a label there is no ARP.
        if (this.#link.hasLabels) return of(ETHER_IP, 12, 16);
        return or(of(ETHER_IP, 12, 16), of(ETHER_ARP, 14, 24), of(ETHER_RARP, 14, 24));
    }
  }

  #ipv6Net(node: Extract<FilterExpression, { type: 'ipv6Net' }>): Test {
    const address = new DataView(node.address.buffer, node.address.byteOffset);
    return inDirection(node.direction, (isSource) => {
      const at = this.#link.network + (isSource ? 8 : 24);
      const words: Test[] = [];
      for (let i = 0; i < 4 && 32 * i < node.length; i++) {
        const bits = Math.min(32, node.length - 32 * i);
        const mask = (-1 << (32 - bits)) >>> 0;
        words.push(equal(masked(load(4, at + 4 * i), mask), address.getUint32(4 * i)));
      }
      // The whole address must be there, also where the rest of it does not matter.
      if (words.length < 4) words.push(equal(masked(load(4, at + 12), 0), 0));
      return and(this.#link.carries(ETHER_IPV6), ...words);
    });
  }

  #port(node: Extract<FilterExpression, { type: 'port' }>): Test {
    const numbers =
      node.transport === undefined
        ? Object.values(TRANSPORT_NUMBERS)
        : [TRANSPORT_NUMBERS[node.transport]];
    const { network } = this.#link;
    const ports = (at: number, index: Value | undefined) =>
      inDirection(node.direction, (isSource) =>
        between(load(2, at + (isSource ? 0 : 2), index), node.first, node.last),
      );
    const some = (protocolAt: number, guard: Test, found: Test) =>
      or(FALSE, ...numbers.map((n) => and(equal(load(1, protocolAt), n), guard, found)));
    const ipv6 = some(network + 6, TRUE, ports(network + IPV6_HEADER_LENGTH, undefined));
    const ipv4 = some(network + 9, this.#firstFragment(), ports(network, this.#headerLength()));
    return or(and(this.#link.carries(ETHER_IPV6), ipv6), and(this.#link.carries(ETHER_IP), ipv4));
  }

  /** The addresses of all, and of all in the network: 0 and ones behind the mask. */
  #ipBroadcast(): Test {
    const host = ~this.#netmask >>> 0;
    const destination = masked(load(4, this.#link.network + 16), host);
    return and(this.#link.carries(ETHER_IP), or(equal(destination, 0), equal(destination, host)));
  }

  #multicast(protocol: 'ether' | 'ip' | 'ip6'): Test {
    const { network } = this.#link;
    if (protocol === 'ip') {
      const first = load(1, network + 16);
      return and(this.#link.carries(ETHER_IP), atLeast(first, 224));
    }
    if (protocol === 'ip6') {
      return and(this.#link.carries(ETHER_IPV6), equal(load(1, network + 24), 255));
    }
    this.#requireEthernet('MAC addresses');
    return not(equal(masked(load(1, 0), 1), 0));
  }

  #vlan(id: number | undefined): Test {
    this.#requireEthernet('VLAN tags');
    if (this.#link.hasLabels) throw unsupported('no VLAN tag comes behind an MPLS label');
    const there = or(FALSE, ...VLAN_TYPES.map((type) => this.#link.carries(type)));
    const tag = masked(load(2, this.#link.network), 0x0fff);
    this.#link.enterVlan();
    return id === undefined ? there : and(there, equal(tag, id));
  }

  #pppoes(session: number | undefined): Test {
    this.#requireEthernet('PPPoE');
    const there = this.#link.carries(ETHER_PPPOES);
    const found = masked(load(4, this.#link.network), 0xffff);
    this.#link.enterPppoes();
    return session === undefined ? there : and(there, equal(found, session));
  }

  #relation(node: Extract<FilterExpression, { type: 'relation' }>): Test {
    const checks: Test[] = [];
    const left = this.#value(node.left, checks);
    const right = this.#value(node.right, checks);
    return and(TRUE, ...checks, relationOf(node.operator, left, right));
  }

  /**
   * The packet must be of the protocols whose bytes are read: that goes to `checks`. As in libpcap,
   * what the right side of an operator reads is not checked.
   */
  #value(node: FilterArithmetic, checks: Test[]): Value {
    switch (node.type) {
      case 'number':
        return number(node.value);
      case 'length':
        return { op: 'length' };
      case 'negative': {
        const right = this.#value(node.operand, checks);
        return { op: 'binary', operator: '-', left: number(0), right };
      }
      case 'binary': {
        const left = this.#value(node.left, checks);
        const right = this.#value(node.right, []);
        return { op: 'binary', operator: node.operator, left, right };
      }
      case 'bytes':
        return this.#bytes(node, checks);
    }
  }

  #bytes(node: Extract<FilterArithmetic, { type: 'bytes' }>, checks: Test[]): Value {
    const { network } = this.#link;
    const { protocol, size } = node;
    const ofIndex: Test[] = [];
    const index = this.#value(node.index, ofIndex);
    if (protocol === 'ether') {
      checks.push(...ofIndex);
      return loadAt(size, 0, index);
    }
    if (protocol === 'icmp6') {
      checks.push(...ofIndex, this.#link.carries(ETHER_IPV6));
      checks.push(equal(load(1, network + 6), PROTOCOL_NUMBERS.icmp6!));
      return loadAt(size, network + IPV6_HEADER_LENGTH, index);
    }
    const etherType = PROTOCOL_ETHER_TYPES[protocol];
    if (etherType !== undefined) {
      checks.push(...ofIndex, this.#link.carries(etherType));
      return loadAt(size, network, index);
    }
    if (protocol === 'ah' || protocol === 'esp') {
      throw unsupported(`bytes of "${protocol}" cannot be read`);
    }
    checks.push(this.#link.carries(ETHER_IP), ...ofIndex);
    checks.push(this.#protocol(protocol), this.#firstFragment());
    return this.#behindHeader(size, index);
  }

  #behindHeader(size: 1 | 2 | 4, index: Value): Value {
    const { network } = this.#link;
    const header = this.#headerLength();
    if (index.op === 'number' && index.value < 0x8000_0000) {
      return load(size, network + index.value, header);
    }
    // Here the sum wraps, as it does in libpcap.
    return load(size, network, { op: 'binary', operator: '+', left: index, right: header });
  }

  #headerLength(): Value {
    return { op: 'headerLength', at: this.#link.network };
  }

  #firstFragment(): Test {
    return equal(masked(load(2, this.#link.network + 6), 0x1fff), 0);
  }

  #requireEthernet(what: string): void {
    if (!this.#link.isEthernet) throw unsupported(`${what} are looked for in Ethernet frames only`);
  }
}

const BROADCAST = new Uint8Array(6).fill(0xff);

/** The source is looked at first. */
function inDirection(direction: Direction, test: (isSource: boolean) => Test): Test {
  if (direction === 'src' || direction === 'dst') return test(direction === 'src');
  return direction === 'both' ? and(test(true), test(false)) : or(test(true), test(false));
}

function loadAt(size: 1 | 2 | 4, base: number, index: Value): Value {
  return index.op === 'number' ? load(size, base + index.value) : load(size, base, index);
}

function atLeast(left: Value, value: number): Test {
  return { op: 'compare', operator: '>=', left, right: number(value) };
}

function between(value: Value, first: number, last: number): Test {
  if (first === last) return equal(value, first);
  return and(
    atLeast(value, first),
    not({ op: 'compare', operator: '>', left: value, right: number(last) }),
  );
}

function relationOf(operator: string, left: Value, right: Value): Test {
  switch (operator) {
    case '=':
      return { op: 'compare', operator: '=', left, right };
    case '!=':
      return not({ op: 'compare', operator: '=', left, right });
    case '>':
      return { op: 'compare', operator: '>', left, right };
    case '>=':
      return { op: 'compare', operator: '>=', left, right };
    case '<':
      return not({ op: 'compare', operator: '>=', left, right });
    default:
      return not({ op: 'compare', operator: '>', left, right });
  }
}

function unsupported(what: string): ProtoError {
  return new ProtoError('FLUX_FILTER_SYNTAX', what, { context: {} });
}
