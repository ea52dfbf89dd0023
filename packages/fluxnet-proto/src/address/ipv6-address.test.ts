import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatIpv6, parseIpv6 } from './ipv6-address.js';

// RFC 4291 section 2.2 and RFC 5952 sections 2 to 5: what is written, and its canonical form.
const FORMS = [
  ['::', '::'],
  ['::1', '::1'],
  ['0:0:0:0:0:0:0:0', '::'],
  ['2001:DB8:0:0:8:800:200C:417A', '2001:db8::8:800:200c:417a'],
  ['FF01:0:0:0:0:0:0:101', 'ff01::101'],
  ['2001:db8::', '2001:db8::'],
  ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
  ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
  ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
  ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
  ['::2:3:4:5:6:7:8', '0:2:3:4:5:6:7:8'],
  ['0:0:0:0:0:FFFF:129.144.52.38', '::ffff:129.144.52.38'],
  ['::FFFF:8190:3426', '::ffff:129.144.52.38'],
  ['::13.1.68.3', '::d01:4403'],
  ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
] as const;

describe('parseIpv6 and formatIpv6', () => {
  test.each(FORMS)('%s is %s', (text, canonical) => {
    expect(formatIpv6(parseIpv6(text))).toBe(canonical);
  });

  test('are inverse to each other', () => {
    // Zero groups are what the text is clever about.
    const group = fc.oneof(fc.constant(0), fc.constant(0xffff), fc.nat(0xffff));
    fc.assert(
      fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
        const address = Uint8Array.from(groups.flatMap((value) => [value >>> 8, value & 0xff]));
        expect(parseIpv6(formatIpv6(address))).toEqual(address);
        expect(parseIpv6(groups.map((value) => value.toString(16)).join(':'))).toEqual(address);
      }),
    );
  });

  test('agree with how a URL writes an address', () => {
    const group = fc.oneof(fc.constant(0), fc.nat(0xffff));
    fc.assert(
      fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
        fc.pre(groups[5] !== 0xffff); // A URL knows no mapped addresses.
        const text = groups.map((value) => value.toString(16)).join(':');
        expect(`[${formatIpv6(parseIpv6(text))}]`).toBe(new URL(`http://[${text}]`).hostname);
      }),
    );
  });

  test.each([
    '',
    ':',
    ':::',
    '1',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4::5:6:7:8',
    '12345::',
    'g::',
    ':1::',
    '1:2:3:4:5:6:7:',
    '::1.2.3',
    '::1.2.3.256',
    '1.2.3.4::',
    '::1.2.3.4:5',
    '1:2:3:4:5:6:7:1.2.3.4',
    ' ::1',
    '::1\n',
    '[::1]',
    '10.0.0.1',
  ])('parseIpv6 rejects %j and names it', (text) => {
    expect(() => parseIpv6(text)).toThrow(
      new RangeError(`not an IPv6 address: ${JSON.stringify(text)}`),
    );
  });

  test('a zone is no part of an address on the wire', () => {
    expect(() => parseIpv6('fe80::1%eth0')).toThrow('leave the zone out');
  });

  test('formatIpv6 reads at an offset and not behind the array', () => {
    const bytes = Uint8Array.from([9, ...parseIpv6('2001:db8::1')]);
    expect(formatIpv6(bytes, 1)).toBe('2001:db8::1');
    for (const offset of [2, -1, Number.NaN]) {
      expect(() => formatIpv6(bytes, offset)).toThrow(RangeError);
    }
  });
});
