import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatIpv4, matchesPrefix, parseCidr, parseIpv4 } from './ipv4-address.js';

const addresses = fc.integer({ min: 0, max: 0xffff_ffff });

describe('parseIpv4 and formatIpv4', () => {
  test.each([
    ['0.0.0.0', 0],
    ['10.0.0.1', 0x0a000001],
    ['192.0.2.255', 0xc00002ff],
    ['255.255.255.255', 0xffffffff],
  ])('%s', (text, address) => {
    expect(parseIpv4(text)).toBe(address);
    expect(formatIpv4(address)).toBe(text);
    expect(formatIpv4(address | 0)).toBe(text);
  });

  test('are inverse to each other', () => {
    fc.assert(
      fc.property(addresses, (address) => {
        expect(parseIpv4(formatIpv4(address))).toBe(address);
      }),
    );
  });

  test.each([
    '',
    '10.0.0',
    '10.0.0.0.1',
    '10.0.0.256',
    '10.0.0.1000',
    '10.0.0.01',
    '10.0.0.-1',
    '10.0.0.+1',
    '10.0.0.0x1',
    '10.0.0.1 ',
    '10.0.0.1\n',
    '10..0.1',
    '::1',
  ])('parseIpv4 rejects %j and names it', (text) => {
    expect(() => parseIpv4(text)).toThrow(
      new RangeError(`not an IPv4 address: ${JSON.stringify(text)}`),
    );
  });
});

describe('parseCidr and matchesPrefix', () => {
  test.each([
    ['10.0.0.0/8', 0x0a000000, 0xff000000],
    ['0.0.0.0/0', 0, 0],
    ['192.0.2.1/32', 0xc0000201, 0xffffffff],
    ['192.0.2.1', 0xc0000201, 0xffffffff],
    ['128.0.0.0/1', 0x80000000, 0x80000000],
  ])('%s', (text, address, mask) => {
    expect(parseCidr(text)).toEqual({ address, mask });
  });

  test.each(['', '/8', '10.0.0.0/', '10.0.0.0/33', '10.0.0.0/08', '10.0.0.0/-1', '10.0.0.0/8/8'])(
    'parseCidr rejects %j and names it',
    (text) => {
      expect(() => parseCidr(text)).toThrow(
        new RangeError(`not an IPv4 prefix: ${JSON.stringify(text)}`),
      );
    },
  );

  test('parseCidr rejects bits beyond the length and says what the prefix is', () => {
    expect(() => parseCidr('10.0.0.1/8')).toThrow(
      new RangeError('"10.0.0.1/8" has bits set beyond its length; the prefix is 10.0.0.0/8'),
    );
    expect(() => parseCidr('10.0.0.1/0')).toThrow('the prefix is 0.0.0.0/0');
  });

  test('agree with comparing the leading bits as text', () => {
    const bits = (address: number) => address.toString(2).padStart(32, '0');
    fc.assert(
      fc.property(addresses, addresses, fc.nat(32), fc.nat(32), (random, other, length, flip) => {
        const head = bits(random).slice(0, length);
        const network = Number.parseInt(head.padEnd(32, '0'), 2);
        const prefix = parseCidr(`${formatIpv4(network)}/${length}`);
        // Random addresses hardly ever share a long prefix; one that differs in a single bit does.
        for (const address of [other, network, (network ^ (1 << (flip % 32))) >>> 0]) {
          const expected = bits(address).startsWith(head);
          expect(matchesPrefix(prefix, address)).toBe(expected);
          expect(matchesPrefix(prefix, address | 0)).toBe(expected);
        }
      }),
    );
  });
});
