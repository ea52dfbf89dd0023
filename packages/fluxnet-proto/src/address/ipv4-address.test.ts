import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatIpv4, parseIpv4 } from './ipv4-address.js';

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
