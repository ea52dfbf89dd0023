import { isIPv4, isIPv6 } from 'node:net';
import { invalid } from '../options.js';

/** An address range as rules and prefix sets name it. */
export interface Prefix {
  readonly family: 4 | 6;
  /** The address as a number, bits behind the prefix 0. */
  readonly address: bigint;
  /** 0 to 32, or to 128. */
  readonly length: number;
}

/** Bits of an address. */
export const addressBits = { 4: 32, 6: 128 } as const;

/**
 * Reads `10.0.0.0/8` or `2001:db8::1`. Bits behind the prefix must be 0: what looks like an
 * address but means a network is a mistake more often than not.
 * @throws {FluxError} `FLUX_INVALID_OPTION`
 */
export function parsePrefix(path: string, text: unknown): Prefix {
  const refuse = (allowed: string) => invalid(path, text, allowed);
  if (typeof text !== 'string') throw refuse('an address or a prefix, such as 10.0.0.0/8');
  const slash = text.indexOf('/');
  const host = slash < 0 ? text : text.slice(0, slash);
  const family = isIPv4(host) ? 4 : isIPv6(host) && !host.includes('%') ? 6 : undefined;
  if (family === undefined) throw refuse('an address or a prefix, such as 10.0.0.0/8');
  const bits = addressBits[family];
  const end = slash < 0 ? `${bits}` : text.slice(slash + 1);
  const length = /^\d{1,3}$/.test(end) ? Number(end) : Number.NaN;
  if (!(length <= bits)) throw refuse(`a prefix length from 0 to ${bits}`);
  const address = family === 4 ? parseIpv4(host) : parseIpv6(host);
  if ((address & ((1n << BigInt(bits - length)) - 1n)) !== 0n) {
    throw refuse(`a prefix without bits behind its ${length}: see the mask`);
  }
  return { family, address, length };
}

function parseIpv4(text: string): bigint {
  return text.split('.').reduce((sum, part) => (sum << 8n) | BigInt(part), 0n);
}

/** Of a text that `isIPv6` accepts. */
function parseIpv6(text: string): bigint {
  const [head = '', tail] = text.split('::');
  const groups = (part: string) => (part === '' ? [] : part.split(':').flatMap(groupValues));
  const first = groups(head);
  const last = tail === undefined ? [] : groups(tail);
  const gap = new Array<number>(8 - first.length - last.length).fill(0);
  return [...first, ...gap, ...last].reduce((sum, group) => (sum << 16n) | BigInt(group), 0n);
}

/** The last 32 bits may be written as an IPv4 address (RFC 4291 §2.2). */
function groupValues(group: string): number[] {
  if (!group.includes('.')) return [Number.parseInt(group, 16)];
  const value = Number(parseIpv4(group));
  return [value >>> 16, value & 0xffff];
}
