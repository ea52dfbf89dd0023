import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatMac, parseMac } from './mac.js';

describe('parseMac and formatMac', () => {
  test('read both separators and either case, write one', () => {
    const mac = Uint8Array.of(0x02, 0, 0xab, 0xcd, 0xef, 0x01);
    expect(parseMac('02:00:ab:CD:ef:01')).toEqual(mac);
    expect(parseMac('02-00-AB-cd-ef-01')).toEqual(mac);
    expect(formatMac(mac)).toBe('02:00:ab:cd:ef:01');
  });

  test('are inverse to each other, wherever the bytes are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 6, maxLength: 6 }), fc.nat(20), (mac, offset) => {
        const bytes = new Uint8Array(offset + 10).fill(0xa5);
        bytes.set(mac, offset);
        expect(parseMac(formatMac(bytes, offset))).toEqual(mac);
      }),
    );
  });

  test.each([
    '',
    '02:00:00:00:00',
    '02:00:00:00:00:01:02',
    '02:00:00-00:00:01',
    '2:0:0:0:0:1',
    '02:00:00:00:00:0g',
    ' 02:00:00:00:00:01',
    '02:00:00:00:00:01\n',
    '020000000001',
  ])('parseMac rejects %j and names it', (text) => {
    expect(() => parseMac(text)).toThrow(
      new RangeError(`not a MAC address: ${JSON.stringify(text)}`),
    );
  });

  test.each([-1, 1, 6, Number.NaN])('formatMac rejects the offset %d in six bytes', (offset) => {
    expect(() => formatMac(new Uint8Array(6), offset)).toThrow(RangeError);
  });
});
