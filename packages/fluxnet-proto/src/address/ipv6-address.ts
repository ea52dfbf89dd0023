/**
 * IPv6 addresses as the 16 bytes they have on the wire. All forms of RFC 4291 section 2.2 are read;
 * what is written is the one form of RFC 5952. Zones (`%eth0`) belong to hosts, not to packets.
 */

import { formatIpv4, readIpv4 } from './ipv4-address.js';

export const IPV6_LENGTH = 16;
const GROUPS = 8;
const GROUP_TEXT = /^[0-9a-f]{1,4}$/i;

export function parseIpv6(text: string): Uint8Array {
  const address = readIpv6(text);
  if (address === undefined) {
    const hint = text.includes('%') ? '; leave the zone out' : '';
    throw new RangeError(`not an IPv6 address: ${JSON.stringify(text)}${hint}`);
  }
  return address;
}

/** Undefined for what is no address. */
export function readIpv6(text: string): Uint8Array | undefined {
  const [head, tail, more] = text.split('::');
  if (head === undefined || more !== undefined) return undefined;
  const before = readGroups(head, tail === undefined);
  const behind = tail === undefined ? [] : readGroups(tail, true);
  if (before === undefined || behind === undefined) return undefined;
  const missing = GROUPS - before.length - behind.length;
  // `::` stands for at least one group.
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const address = new Uint8Array(IPV6_LENGTH);
  const groups = [...before, ...new Array<number>(missing).fill(0), ...behind];
  groups.forEach((group, i) => {
    address[2 * i] = group >>> 8;
    address[2 * i + 1] = group & 0xff;
  });
  return address;
}

/** Groups with `:` between them; the last two may be written as an IPv4 address where it ends. */
function readGroups(text: string, ends: boolean): number[] | undefined {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [i, part] of parts.entries()) {
    if (GROUP_TEXT.test(part)) {
      groups.push(Number.parseInt(part, 16));
      continue;
    }
    const ipv4 = ends && i === parts.length - 1 ? readIpv4(part) : undefined;
    if (ipv4 === undefined) return undefined;
    groups.push(ipv4 >>> 16, ipv4 & 0xffff);
  }
  return groups;
}

/**
 * Writes the 16 bytes at `offset`: lower case, no leading zeros, `::` for the longest run of zero
 * groups (the first of equals, and never for one group), and IPv4-mapped addresses as
 * `::ffff:192.0.2.1` (RFC 5952 section 5).
 */
export function formatIpv6(bytes: Uint8Array, offset = 0): string {
  if (!(offset >= 0 && offset + IPV6_LENGTH <= bytes.length)) {
    throw new RangeError(
      `an IPv6 address needs ${IPV6_LENGTH} bytes at ${offset} and the array has ${bytes.length}`,
    );
  }
  const groups = Array.from(
    { length: GROUPS },
    (_, i) => (bytes[offset + 2 * i]! << 8) | bytes[offset + 2 * i + 1]!,
  );
  if (groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0)) {
    return `::ffff:${formatIpv4((groups[6]! << 16) | groups[7]!)}`;
  }
  const [start, length] = longestZeros(groups);
  const hex = groups.map((group) => group.toString(16));
  if (length < 2) return hex.join(':');
  return `${hex.slice(0, start).join(':')}::${hex.slice(start + length).join(':')}`;
}

function longestZeros(groups: readonly number[]): [start: number, length: number] {
  let start = 0;
  let length = 0;
  for (let i = 0; i < GROUPS; i++) {
    let end = i;
    while (end < GROUPS && groups[end] === 0) end++;
    if (end - i > length) [start, length] = [i, end - i];
  }
  return [start, length];
}
