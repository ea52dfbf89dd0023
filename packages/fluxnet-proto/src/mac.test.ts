import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { viewOf } from './fixtures.js';
import { equalMac, formatMac, loadMac, parseMac, storeMac } from './mac.js';

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

describe('MAC addresses in headers', () => {
  const mac = parseMac('02:11:22:33:44:55');

  test('are stored, compared and loaded in place', () => {
    const memory = new Uint8Array(10).fill(0xa5);
    storeMac(viewOf(memory), 2, mac, 0);
    expect([...memory]).toEqual([0xa5, 0xa5, ...mac, 0xa5, 0xa5]);
    expect(equalMac(viewOf(memory), 2, mac, 0)).toBe(true);
    expect(equalMac(viewOf(memory), 1, mac, 0)).toBe(false);
    const into = new Uint8Array(8).fill(0xa5);
    loadMac(viewOf(memory), 2, into, 1);
    expect([...into]).toEqual([0xa5, ...mac, 0xa5]);
  });

  test('differ if any byte does', () => {
    for (let i = 0; i < 6; i++) {
      const other = Uint8Array.from(mac);
      other[i]! ^= 1;
      expect(equalMac(viewOf(mac), 0, other, 0)).toBe(false);
    }
  });

  test('need six bytes in the array', () => {
    const view = new DataView(new ArrayBuffer(20));
    const message = 'a MAC address needs 6 bytes at 1 and the array has 6';
    expect(() => storeMac(view, 0, mac, 1)).toThrow(message);
    expect(() => loadMac(view, 0, new Uint8Array(6), 1)).toThrow(message);
    expect(() => equalMac(view, 0, mac, 1)).toThrow(message);
  });
});
