import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { viewOf } from '../testing/fixtures.js';
import { parseIpv6 } from './ipv6-address.js';
import {
  formatIpv4Prefix,
  formatIpv6Prefix,
  ipv4Mask,
  matchesIpv4Prefix,
  matchesIpv6Prefix,
  parseIpv4Prefix,
  parseIpv6Prefix,
} from './prefix.js';

const addresses = fc.integer({ min: 0, max: 0xffff_ffff });

describe('IPv4', () => {
  test.each([
    ['10.0.0.0/8', 0x0a000000, 8],
    ['0.0.0.0/0', 0, 0],
    ['192.0.2.1/32', 0xc0000201, 32],
    ['192.0.2.1', 0xc0000201, 32],
    ['128.0.0.0/1', 0x80000000, 1],
  ])('%s', (text, address, length) => {
    expect(parseIpv4Prefix(text)).toEqual({ address, length });
    expect(formatIpv4Prefix({ address, length })).toBe(text.includes('/') ? text : `${text}/32`);
  });

  test.each([
    '',
    '/8',
    '10.0.0.0/',
    '10.0.0.0/33',
    '10.0.0.0/08',
    '10.0.0.0/-1',
    '10.0.0.0/8/8',
    '::/0',
  ])('rejects %j and names it', (text) => {
    expect(() => parseIpv4Prefix(text)).toThrow(
      new RangeError(`not an IPv4 prefix: ${JSON.stringify(text)}`),
    );
  });

  test('rejects bits beyond the length and says what the prefix is', () => {
    expect(() => parseIpv4Prefix('10.0.0.1/8')).toThrow(
      '"10.0.0.1/8" has bits set beyond its length; the prefix is 10.0.0.0/8',
    );
    expect(() => parseIpv4Prefix('255.255.255.255/0')).toThrow('the prefix is 0.0.0.0/0');
  });

  test('contains what has the same first bits', () => {
    fc.assert(
      fc.property(addresses, addresses, fc.nat(32), (network, address, length) => {
        const bits = (value: number) => value.toString(2).padStart(32, '0').slice(0, length);
        const prefix = { address: (network & ipv4Mask(length)) >>> 0, length };
        expect(matchesIpv4Prefix(prefix, address)).toBe(bits(network) === bits(address));
        expect(matchesIpv4Prefix(prefix, network | 0)).toBe(true);
      }),
    );
  });
});

describe('IPv6', () => {
  test.each(['2001:db8::/32', '::/0', '::1/128', 'fe80::/10', '8000::/1'])('%s', (text) => {
    expect(formatIpv6Prefix(parseIpv6Prefix(text))).toBe(text);
  });

  test('without a length is one address', () => {
    expect(parseIpv6Prefix('::1')).toEqual({ address: parseIpv6('::1'), length: 128 });
  });

  test.each(['', '/8', '::/', '::/129', '::/08', '10.0.0.0/8'])('rejects %j', (text) => {
    expect(() => parseIpv6Prefix(text)).toThrow(
      new RangeError(`not an IPv6 prefix: ${JSON.stringify(text)}`),
    );
  });

  test('rejects bits beyond the length and says what the prefix is', () => {
    expect(() => parseIpv6Prefix('fe80::1/10')).toThrow('the prefix is fe80::/10');
  });

  test('contains what has the same first bits', () => {
    const bytes = fc.uint8Array({ minLength: 16, maxLength: 16 });
    fc.assert(
      fc.property(bytes, fc.nat(128), fc.nat(127), (address, length, flipped) => {
        const other = Uint8Array.from(address);
        other[flipped >> 3]! ^= 0x80 >> (flipped & 7);
        const memory = Uint8Array.from([0, ...other]);
        expect(matchesIpv6Prefix({ address, length }, viewOf(memory), 1)).toBe(flipped >= length);
      }),
    );
  });
});
