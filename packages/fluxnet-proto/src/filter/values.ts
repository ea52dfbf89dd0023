/** Values behind qualifiers: addresses, nets, ports and protocol numbers. */

import { readIpv6 } from '../address/ipv6-address.js';
import { ipv6MaskByte } from '../address/prefix.js';
import type { FilterExpression, ProtocolName, TransportName } from './ast.js';
import { ETHER_PROTOCOLS, IP_PROTOCOLS, SERVICES } from './names.js';
import type { Qualifiers } from './qualifiers.js';
import type { TokenReader } from './token-reader.js';
import type { Token } from './tokens.js';

const MAX_PORT = 65_535;
const TRANSPORTS: readonly string[] = ['tcp', 'udp', 'sctp'];

export function readValue(reader: TokenReader, qualifiers: Qualifiers): FilterExpression {
  const token = reader.next();
  switch (qualifiers.kind) {
    case 'host':
    case 'net':
      return readAddress(reader, token, qualifiers);
    case 'port':
      return readPort(reader, token, qualifiers);
    case 'portrange':
      return readPortRange(reader, token, qualifiers);
    case 'proto':
      return readProtocol(reader, token, qualifiers);
  }
}

function readAddress(reader: TokenReader, token: Token, q: Qualifiers): FilterExpression {
  if (token.type === 'mac') {
    if (q.protocol === 'ether' && q.kind === 'host') {
      return { type: 'mac', direction: q.direction, address: macBytes(token.text) };
    }
    throw reader.fail(token, 'a MAC address belongs behind "ether host"');
  }
  if (token.type === 'ipv6') return readIpv6Net(reader, token, q);
  if (token.type === 'number' || token.type === 'dotted') return readIpv4Net(reader, token, q);
  throw reader.fail(
    token,
    `${JSON.stringify(token.text)} is no address`,
    'names of hosts and nets are not looked up',
  );
}

function readIpv6Net(reader: TokenReader, token: Token, q: Qualifiers): FilterExpression {
  if (q.protocol !== undefined && q.protocol !== 'ip6') {
    throw reader.fail(token, `"${q.protocol}" does not go with an IPv6 address`);
  }
  const length = readLength(reader, q, 128) ?? 128;
  const address = readIpv6(token.text)!;
  if (address.some((byte, i) => (byte & ~ipv6MaskByte(length, i)) !== 0)) {
    throw reader.fail(token, `bits behind the first ${length} are set`);
  }
  return { type: 'ipv6Net', direction: q.direction, address, length };
}

function readIpv4Net(reader: TokenReader, token: Token, q: Qualifiers): FilterExpression {
  const { protocol } = q;
  if (protocol !== undefined && protocol !== 'ip' && protocol !== 'arp' && protocol !== 'rarp') {
    throw reader.fail(token, `"${protocol}" does not go with an IPv4 address`);
  }
  const { address, length } = dottedAddress(reader, token, q);
  const mask = readMask(reader, q) ?? maskOf(length);
  if ((address & ~mask) !== 0) throw reader.fail(token, 'bits outside the mask are set');
  return { type: 'ipv4Net', protocol, direction: q.direction, address, mask };
}

/** Fewer than four numbers are the first ones, of a net of as many bytes. */
function dottedAddress(
  reader: TokenReader,
  token: Token,
  { kind }: Qualifiers,
): { address: number; length: number } {
  if (token.type === 'number') {
    // A number alone is a whole address, and of a net as much of it as is there.
    let bytes = 4;
    let address = token.value;
    while (kind === 'net' && address !== 0 && address < 0x100_0000) {
      address *= 256;
      bytes--;
    }
    return { address, length: 8 * bytes };
  }
  const parts = token.text.split('.').map(Number);
  if (parts.some((part) => part > 255)) throw reader.fail(token, 'no IPv4 address');
  const address = [...parts, 0, 0, 0].slice(0, 4).reduce((sum, part) => sum * 256 + part, 0);
  return { address, length: 8 * parts.length };
}

function readMask(reader: TokenReader, q: Qualifiers): number | undefined {
  const length = readLength(reader, q, 32);
  if (length !== undefined) return maskOf(length);
  if (q.kind !== 'net' || !reader.take('mask')) return undefined;
  const token = reader.next();
  if (token.type !== 'dotted' || token.text.split('.').length !== 4) {
    throw reader.fail(token, 'a mask like 255.255.0.0 is missing');
  }
  return dottedAddress(reader, token, q).address;
}

function readLength(reader: TokenReader, { kind }: Qualifiers, max: number): number | undefined {
  if (!reader.is(['/'])) return undefined;
  if (kind !== 'net') throw reader.unexpected('"net" is missing in front of a prefix');
  reader.next();
  const { type, value } = reader.peek();
  if (type !== 'number' || value > max) throw reader.unexpected(`a length up to ${max} is missing`);
  reader.next();
  return value;
}

function readPort(reader: TokenReader, token: Token, q: Qualifiers): FilterExpression {
  const { port, transport } = portOf(reader, token, token.text, transportOf(reader, token, q));
  return { type: 'port', transport, direction: q.direction, first: port, last: port };
}

function readPortRange(reader: TokenReader, token: Token, q: Qualifiers): FilterExpression {
  const named = transportOf(reader, token, q);
  // `1-1023` is one word; a name may have dashes of its own.
  const [, head = token.text, tail = head] = /^([^-]+)-([^-]+)$/.exec(token.text) ?? [];
  const one = portOf(reader, token, head, named);
  const two = portOf(reader, token, tail, named);
  return {
    type: 'port',
    transport: named ?? (one.transport === two.transport ? one.transport : undefined),
    direction: q.direction,
    first: Math.min(one.port, two.port),
    last: Math.max(one.port, two.port),
  };
}

function transportOf(
  reader: TokenReader,
  token: Token,
  { protocol, kind }: Qualifiers,
): TransportName | undefined {
  if (protocol === undefined || TRANSPORTS.includes(protocol)) {
    return protocol as TransportName | undefined;
  }
  throw reader.fail(token, `"${protocol}" does not go with "${kind}"`);
}

function portOf(
  reader: TokenReader,
  token: Token,
  text: string,
  wanted: TransportName | undefined,
): { port: number; transport: TransportName | undefined } {
  if (token.type === 'number' || /^[0-9]+$/.test(text)) {
    const port = token.type === 'number' ? token.value : Number(text);
    if (port > MAX_PORT) throw reader.fail(token, `a port is at most ${MAX_PORT}`);
    return { port, transport: wanted };
  }
  const service = SERVICES.get(text.replace(/^\\/, ''));
  if (service === undefined) throw reader.fail(token, `${JSON.stringify(text)} is no known port`);
  const [port, transport] = service;
  if (wanted !== undefined && transport !== undefined && wanted !== transport) {
    throw reader.fail(token, `${text} is a port of ${transport}`);
  }
  return { port, transport: wanted ?? transport };
}

function readProtocol(reader: TokenReader, token: Token, q: Qualifiers): FilterExpression {
  const { protocol } = q;
  const isEther = protocol === 'ether';
  if (!isEther && protocol !== undefined && protocol !== 'ip' && protocol !== 'ip6') {
    throw reader.fail(token, `"${protocol}" does not go with "proto"`);
  }
  const number = protocolNumber(reader, token, isEther);
  if (number > (isEther ? 0xffff : 0xff)) throw reader.fail(token, 'the number is too large');
  if (isEther) return { type: 'etherProtocol', etherType: number };
  return { type: 'ipProtocol', version: versionOf(protocol), protocol: number };
}

function protocolNumber(reader: TokenReader, token: Token, isEther: boolean): number {
  if (token.type === 'number') return token.value;
  const name = token.text.replace(/^\\/, '');
  const number = (isEther ? ETHER_PROTOCOLS : IP_PROTOCOLS).get(name);
  if (number === undefined || (token.type !== 'escaped' && isKeyword(name))) {
    const hint = number === undefined ? undefined : `write \\${name}: ${name} is a keyword`;
    throw reader.fail(token, `${JSON.stringify(token.text)} is no protocol here`, hint);
  }
  return number;
}

const KEYWORDS: readonly string[] = [
  'ip',
  'ip6',
  'arp',
  'rarp',
  'tcp',
  'udp',
  'sctp',
  'icmp',
].concat(['igmp', 'igrp', 'pim', 'vrrp', 'carp', 'ah', 'esp']);

function isKeyword(name: string): boolean {
  return KEYWORDS.includes(name);
}

function versionOf(protocol: ProtocolName | undefined): 4 | 6 | undefined {
  return protocol === 'ip' ? 4 : protocol === 'ip6' ? 6 : undefined;
}

function maskOf(length: number): number {
  return length === 0 ? 0 : (-1 << (32 - length)) >>> 0;
}

function macBytes(text: string): Uint8Array {
  const [, ...pairs] = /^(..)(..)\.(..)(..)\.(..)(..)$/.exec(text) ?? ['', ...text.split(/[:.-]/)];
  return Uint8Array.from(pairs, (pair) => Number.parseInt(pair, 16));
}
