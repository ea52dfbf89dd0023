/**
 * Prefixes (CIDR, RFC 4632 and RFC 4291 section 2.3): all addresses that agree in their first bits.
 * An address without a length is a prefix of that address alone. Bits beyond the length must be
 * zero: a rule for `10.0.0.1/8` would match far more than the address it names.
 */

import { formatIpv4, readIpv4 } from './ipv4-address.js';
import { formatIpv6, IPV6_LENGTH, readIpv6 } from './ipv6-address.js';

export interface Ipv4Prefix {
  readonly address: number;
  readonly length: number;
}

export interface Ipv6Prefix {
  readonly address: Uint8Array;
  readonly length: number;
}

const LENGTH_TEXT = /^(?:0|[1-9][0-9]{0,2})$/;

export function parseIpv4Prefix(text: string): Ipv4Prefix {
  const { head, length } = split(text, 32);
  const address = readIpv4(head);
  if (address === undefined || length === undefined) {
    throw new RangeError(`not an IPv4 prefix: ${JSON.stringify(text)}`);
  }
  const network = (address & ipv4Mask(length)) >>> 0;
  if (network !== address) throw longer(text, `${formatIpv4(network)}/${length}`);
  return { address, length };
}

export function parseIpv6Prefix(text: string): Ipv6Prefix {
  const { head, length } = split(text, 128);
  const address = readIpv6(head);
  if (address === undefined || length === undefined) {
    throw new RangeError(`not an IPv6 prefix: ${JSON.stringify(text)}`);
  }
  const network = address.map((byte, i) => byte & ipv6MaskByte(length, i));
  if (network.some((byte, i) => byte !== address[i])) {
    throw longer(text, `${formatIpv6(network)}/${length}`);
  }
  return { address, length };
}

export function formatIpv4Prefix({ address, length }: Ipv4Prefix): string {
  return `${formatIpv4(address)}/${length}`;
}

export function formatIpv6Prefix({ address, length }: Ipv6Prefix): string {
  return `${formatIpv6(address)}/${length}`;
}

export function matchesIpv4Prefix(prefix: Ipv4Prefix, address: number): boolean {
  return ((address ^ prefix.address) & ipv4Mask(prefix.length)) === 0;
}

/** Compares with the 16 bytes at `offset`. */
export function matchesIpv6Prefix(prefix: Ipv6Prefix, view: DataView, offset: number): boolean {
  for (let i = 0; i < IPV6_LENGTH && i * 8 < prefix.length; i++) {
    const difference = view.getUint8(offset + i) ^ prefix.address[i]!;
    if ((difference & ipv6MaskByte(prefix.length, i)) !== 0) return false;
  }
  return true;
}

/** The first `length` bits of 32, as a signed number. A shift by 32 is one by 0 in JavaScript. */
export function ipv4Mask(length: number): number {
  return length === 0 ? 0 : -1 << (32 - length);
}

/** Byte `i` of the mask of `length` bits. */
export function ipv6MaskByte(length: number, i: number): number {
  return (0xff00 >>> Math.min(8, Math.max(0, length - 8 * i))) & 0xff;
}

function split(text: string, bits: number): { head: string; length: number | undefined } {
  const slash = text.indexOf('/');
  if (slash < 0) return { head: text, length: bits };
  const tail = text.slice(slash + 1);
  const length = LENGTH_TEXT.test(tail) && Number(tail) <= bits ? Number(tail) : undefined;
  return { head: text.slice(0, slash), length };
}

function longer(text: string, prefix: string): RangeError {
  return new RangeError(
    `${JSON.stringify(text)} has bits set beyond its length; the prefix is ${prefix}`,
  );
}
