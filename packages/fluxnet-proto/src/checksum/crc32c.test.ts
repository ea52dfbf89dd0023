import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromHex, viewOf } from '../testing/fixtures.js';
import { crc32c, sctpChecksum } from './crc32c.js';

/** The definition: a division, bit by bit. */
function slowCrc32c(bytes: Uint8Array): number {
  let remainder = 0xffff_ffff;
  for (const byte of bytes) {
    remainder ^= byte;
    for (let bit = 0; bit < 8; bit++) {
      remainder = (remainder & 1) !== 0 ? (remainder >>> 1) ^ 0x82f6_3b78 : remainder >>> 1;
    }
  }
  return ~remainder >>> 0;
}

describe('crc32c', () => {
  // RFC 3720, appendix B.4 (the last: an iSCSI read command), and the check value of the CRC.
  test.each([
    ['zeros', new Uint8Array(32), 0x8a9136aa],
    ['ones', new Uint8Array(32).fill(0xff), 0x62a8ab43],
    ['rising', Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
    ['falling', Uint8Array.from({ length: 32 }, (_, i) => 31 - i), 0x113fdb5c],
    ['123456789', new TextEncoder().encode('123456789'), 0xe3069283],
    ['nothing', new Uint8Array(0), 0],
  ])('of %s', (_name, bytes, expected) => {
    expect(crc32c(viewOf(bytes), 0, bytes.length)).toBe(expected);
  });

  test('is what the definition says, at any place, in one piece or two', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.nat(9), fc.nat(80), (data, before, cut) => {
        const memory = new Uint8Array(before + data.length + 9).fill(0xa5);
        memory.set(data, before);
        const view = viewOf(memory);
        const half = Math.min(cut, data.length);
        const first = crc32c(view, before, half);
        expect(crc32c(view, before, data.length)).toBe(slowCrc32c(data));
        expect(crc32c(view, before + half, data.length - half, first)).toBe(slowCrc32c(data));
      }),
    );
  });
});

test('sctpChecksum does not count its own field, and has the low byte first', () => {
  const packet = fromHex('0fa0 1388 0000 0001 ffff ffff 0300 0004 aabb ccdd');
  const zeroed = Uint8Array.from(packet);
  zeroed.fill(0, 8, 12);
  const crc = slowCrc32c(zeroed);
  const swapped = new DataView(new ArrayBuffer(4));
  swapped.setUint32(0, crc, true);
  expect(sctpChecksum(viewOf(packet), 0, packet.length)).toBe(swapped.getUint32(0));
});
