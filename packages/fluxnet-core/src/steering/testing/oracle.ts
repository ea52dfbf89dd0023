import { protocolNumbers, type SteeringRule, tcpFlagBits } from '../rule.js';

/** A packet as a rule's author thinks of it; undefined where the packet has no such field. */
interface Described {
  etherType: number;
  vlan?: number;
  nextHeader?: number;
  protocol?: number;
  fragment?: 'none' | 'first' | 'later';
  src?: { family: 4 | 6; bits: string };
  dst?: { family: 4 | 6; bits: string };
  srcPort?: number;
  dstPort?: number;
  tcpFlags?: number;
  icmp?: { type: number; code: number };
}

const EXTENSIONS = [0, 43, 44, 51, 60, 135];

/** The slow, obvious way: says whether a packet matches a rule from what rule.ts promises. */
export function ruleMatches(rule: SteeringRule, packet: Uint8Array): boolean {
  const d = describe(packet);
  const oneOf = <T>(wanted: T | readonly T[] | undefined, test: (entry: T) => boolean) =>
    wanted === undefined || (Array.isArray(wanted) ? wanted : [wanted as T]).some(test);
  const is = (found: number | undefined) => (entry: number) => entry === found;
  const isProtocol = (found: number | undefined) => (entry: string | number) =>
    (typeof entry === 'string' ? (protocolNumbers as Record<string, number>)[entry] : entry) ===
    found;
  const isPort = (found: number | undefined) => (entry: number | { from: number; to: number }) =>
    found !== undefined &&
    (typeof entry === 'number' ? entry === found : entry.from <= found && found <= entry.to);
  const has = (names: readonly (keyof typeof tcpFlagBits)[] = []) =>
    names.every((name) => d.tcpFlags !== undefined && (d.tcpFlags & tcpFlagBits[name]) !== 0);
  const lacks = (names: readonly (keyof typeof tcpFlagBits)[] = []) =>
    names.every((name) => d.tcpFlags !== undefined && (d.tcpFlags & tcpFlagBits[name]) === 0);
  return (
    oneOf(rule.etherType, is(d.etherType)) &&
    (rule.vlan === 'tagged'
      ? d.vlan !== undefined
      : rule.vlan === 'untagged'
        ? d.vlan === undefined
        : oneOf(rule.vlan, is(d.vlan))) &&
    oneOf(rule.ipVersion, (version) => d.etherType === (version === 4 ? 0x0800 : 0x86dd)) &&
    oneOf(rule.protocol, isProtocol(d.protocol)) &&
    oneOf(rule.nextHeader, isProtocol(d.nextHeader)) &&
    oneOf(rule.src, (prefix) => inPrefix(d.src, prefix)) &&
    oneOf(rule.dst, (prefix) => inPrefix(d.dst, prefix)) &&
    oneOf(rule.srcPort, isPort(d.srcPort)) &&
    oneOf(rule.dstPort, isPort(d.dstPort)) &&
    (rule.tcpFlags === undefined ||
      (d.tcpFlags !== undefined && has(rule.tcpFlags.set) && lacks(rule.tcpFlags.clear))) &&
    oneOf(rule.icmpType, is(d.icmp?.type)) &&
    oneOf(rule.icmpCode, is(d.icmp?.code)) &&
    (rule.fragment === undefined ||
      (d.protocol !== undefined &&
        (rule.fragment === 'any' ? d.fragment !== 'none' : rule.fragment === d.fragment)))
  );
}

function inPrefix(address: Described['src'], prefix: string): boolean {
  if (address === undefined) return false;
  const [host = '', length] = prefix.split('/');
  const family = host.includes(':') ? 6 : 4;
  if (family !== address.family) return false;
  const bits = family === 4 ? bitsOfV4(host) : bitsOfV6(host);
  const size = length === undefined ? bits.length : Number(length);
  return bits.slice(0, size) === address.bits.slice(0, size);
}

const binary = (value: number, width: number) => value.toString(2).padStart(width, '0');
const bitsOfV4 = (text: string) =>
  text
    .split('.')
    .map((part) => binary(Number(part), 8))
    .join('');

function bitsOfV6(text: string): string {
  const [head = '', tail] = text.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const middle = new Array<string>(8 - left.length - right.length).fill('0');
  return [...left, ...middle, ...right]
    .map((group) => binary(Number.parseInt(group, 16), 16))
    .join('');
}

function describe(packet: Uint8Array): Described {
  const word = (at: number) => (packet[at]! << 8) | packet[at + 1]!;
  const bits = (at: number, bytes: number) =>
    [...packet.subarray(at, at + bytes)].map((byte) => binary(byte, 8)).join('');
  const d: Described = { etherType: word(12) };
  let at = 14;
  for (let tags = 0; tags < 4; tags++) {
    if (![0x8100, 0x88a8, 0x9100].includes(d.etherType) || at + 4 > packet.length) break;
    if (tags === 0) d.vlan = word(at) & 0xfff;
    d.etherType = word(at + 2);
    at += 4;
  }
  if (d.etherType === 0x0800 && at + 20 <= packet.length) {
    d.protocol = d.nextHeader = packet[at + 9]!;
    d.src = { family: 4, bits: bits(at + 12, 4) };
    d.dst = { family: 4, bits: bits(at + 16, 4) };
    const fragment = word(at + 6);
    d.fragment = (fragment & 0x1fff) > 0 ? 'later' : fragment & 0x2000 ? 'first' : 'none';
    if (d.fragment !== 'later') transport(d, packet, at + (packet[at]! & 15) * 4);
  }
  if (d.etherType === 0x86dd && at + 40 <= packet.length) {
    d.nextHeader = packet[at + 6]!;
    d.src = { family: 6, bits: bits(at + 8, 16) };
    d.dst = { family: 6, bits: bits(at + 24, 16) };
    extensions(d, packet, at + 40);
  }
  return d;
}

function extensions(d: Described, packet: Uint8Array, start: number): void {
  let next = d.nextHeader!;
  let at = start;
  d.fragment = 'none';
  for (let walked = 0; EXTENSIONS.includes(next); walked++) {
    if (walked > 8 || at + 8 > packet.length) return;
    const kind = next;
    next = packet[at]!;
    if (kind === 44) {
      const fragment = (packet[at + 2]! << 8) | packet[at + 3]!;
      if (fragment >> 3 > 0) {
        d.fragment = 'later';
        d.protocol = next;
        return;
      }
      if (fragment & 1) d.fragment = 'first';
      at += 8;
    } else {
      at += kind === 51 ? (packet[at + 1]! + 2) * 4 : (packet[at + 1]! + 1) * 8;
    }
    if (walked === 8) return;
  }
  d.protocol = next;
  transport(d, packet, at);
}

function transport(d: Described, packet: Uint8Array, at: number): void {
  const left = packet.length - at;
  const { tcp, udp, sctp, udplite, icmp, icmpv6 } = protocolNumbers;
  if (([tcp, udp, sctp, udplite] as number[]).includes(d.protocol!) && left >= 4) {
    d.srcPort = (packet[at]! << 8) | packet[at + 1]!;
    d.dstPort = (packet[at + 2]! << 8) | packet[at + 3]!;
  }
  if (d.protocol === tcp && left >= 14) d.tcpFlags = packet[at + 13]!;
  if ((d.protocol === icmp || d.protocol === icmpv6) && left >= 2) {
    d.icmp = { type: packet[at]!, code: packet[at + 1]! };
  }
}
