import { describe, expect, test } from 'vitest';
import { parseMac } from './address/mac.js';
import { equalBytes, loadBytes, storeBytes } from './bytes.js';
import { viewOf } from './testing/fixtures.js';

describe('addresses in headers', () => {
  const mac = parseMac('02:11:22:33:44:55');

  test('are stored, compared and loaded in place', () => {
    const memory = new Uint8Array(10).fill(0xa5);
    storeBytes(viewOf(memory), 2, 6, mac, 0);
    expect([...memory]).toEqual([0xa5, 0xa5, ...mac, 0xa5, 0xa5]);
    expect(equalBytes(viewOf(memory), 2, 6, mac, 0)).toBe(true);
    expect(equalBytes(viewOf(memory), 1, 6, mac, 0)).toBe(false);
    const into = new Uint8Array(8).fill(0xa5);
    loadBytes(viewOf(memory), 2, 6, into, 1);
    expect([...into]).toEqual([0xa5, ...mac, 0xa5]);
  });

  test('differ if any byte does', () => {
    for (let i = 0; i < 6; i++) {
      const other = Uint8Array.from(mac);
      other[i]! ^= 1;
      expect(equalBytes(viewOf(mac), 0, 6, other, 0)).toBe(false);
    }
  });

  test('need six bytes in the array', () => {
    const view = new DataView(new ArrayBuffer(20));
    const message = 'an address needs 6 bytes at 1 and the array has 6';
    expect(() => storeBytes(view, 0, 6, mac, 1)).toThrow(message);
    expect(() => loadBytes(view, 0, 6, new Uint8Array(6), 1)).toThrow(message);
    expect(() => equalBytes(view, 0, 6, mac, 1)).toThrow(message);
  });
});
