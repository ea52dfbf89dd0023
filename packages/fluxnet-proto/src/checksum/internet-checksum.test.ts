import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { captured, fromHex, viewOf } from '../testing/fixtures.js';
import {
  internetChecksum,
  onesComplementSum,
  pseudoHeaderSum,
  updateChecksum16,
  updateChecksum32,
  updateChecksumSum,
} from './internet-checksum.js';

/** The definition, word by word, with the carry added in at each step. */
function naiveSum(bytes: Uint8Array, initial = 0): number {
  let sum = initial % 0x10000;
  const carry = Math.floor(initial / 0x10000);
  for (const word of [carry, ...wordsOf(bytes)]) {
    sum += word;
    if (sum > 0xffff) sum -= 0xffff;
  }
  return sum;
}

function wordsOf(bytes: Uint8Array): number[] {
  const words: number[] = [];
  for (let i = 0; i < bytes.length; i += 2) words.push(bytes[i]! * 256 + (bytes[i + 1] ?? 0));
  return words;
}

describe('onesComplementSum', () => {
  test('gives the sum of the example in RFC 1071, section 3', () => {
    const view = viewOf(fromHex('0001 f203 f4f5 f6f7'));
    expect(onesComplementSum(view, 0, 8)).toBe(0xddf2);
    expect(internetChecksum(view, 0, 8)).toBe(0x220d);
  });

  test('pads an odd last byte with zero', () => {
    const view = viewOf(fromHex('0001 f203 f4'));
    expect(onesComplementSum(view, 0, 5)).toBe(naiveSum(fromHex('0001 f203 f400')));
    expect(onesComplementSum(viewOf(fromHex('ab')), 0, 1)).toBe(0xab00);
  });

  test('of nothing is the initial sum', () => {
    const view = viewOf(new Uint8Array(4));
    expect(onesComplementSum(view, 2, 0)).toBe(0);
    expect(onesComplementSum(view, 2, 0, 0x1234)).toBe(0x1234);
    expect(internetChecksum(view, 0, 4)).toBe(0xffff);
  });

  test('adds the carry of adding the carry', () => {
    // 0xffff + 0xffff + 1 is 0x1ffff, which folds to 0x10000 first.
    expect(onesComplementSum(viewOf(fromHex('ffff ffff 0001')), 0, 6)).toBe(1);
  });

  test('does not overflow on the longest memory of ones', () => {
    const bytes = new Uint8Array(1 << 20).fill(0xff);
    expect(onesComplementSum(viewOf(bytes), 0, bytes.length, 0xffff_ffff)).toBe(0xffff);
  });

  test('agrees with the definition for every length, alignment and initial sum', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.nat(17),
        fc.integer({ min: 0, max: 0xffff_ffff }),
        (data, before, initial) => {
          const memory = new Uint8Array(before + data.length + 17).fill(0xa5);
          memory.set(data, before);
          expect(onesComplementSum(viewOf(memory), before, data.length, initial)).toBe(
            naiveSum(data, initial),
          );
        },
      ),
    );
  });

  test('can be made in pieces of even length', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(50), (data, half) => {
        const cut = Math.min(2 * half, data.length);
        const view = viewOf(data);
        const first = onesComplementSum(view, 0, cut);
        expect(onesComplementSum(view, cut, data.length - cut, first)).toBe(naiveSum(data));
      }),
    );
  });

  test('throws rather than read outside the view', () => {
    expect(() => onesComplementSum(new DataView(new ArrayBuffer(8)), 0, 9)).toThrow(RangeError);
  });
});

describe('frames that Linux made', () => {
  test('have the IPv4 header checksum 0', () => {
    const { arpRequest: _request, arpReply: _reply, ...ipv4 } = captured;
    for (const frame of Object.values(ipv4)) {
      const view = viewOf(frame);
      expect(internetChecksum(view, 14, (view.getUint8(14) & 0x0f) * 4)).toBe(0);
    }
  });

  test.each([
    ['udp', 17],
    ['tcpSyn', 6],
    ['tcpPush', 6],
  ] as const)('%s: the segment with its pseudo-header has the checksum 0', (name, protocol) => {
    const view = viewOf(captured[name]);
    const length = view.byteLength - 34;
    const sum = pseudoHeaderSum(view.getUint32(26), view.getUint32(30), protocol, length);
    expect(internetChecksum(view, 34, length, sum)).toBe(0);
  });

  test('icmpEcho: the message has the checksum 0', () => {
    const view = viewOf(captured.icmpEcho);
    expect(internetChecksum(view, 34, view.byteLength - 34)).toBe(0);
  });
});

test('pseudoHeaderSum is the sum of the pseudo-header written out', () => {
  const uint32 = fc.integer({ min: 0, max: 0xffff_ffff });
  fc.assert(
    fc.property(uint32, uint32, fc.nat(255), fc.nat(0xffff), (src, dst, protocol, length) => {
      const header = viewOf(new Uint8Array(12));
      header.setUint32(0, src);
      header.setUint32(4, dst);
      header.setUint8(9, protocol);
      header.setUint16(10, length);
      const expected = onesComplementSum(header, 0, 12);
      expect(pseudoHeaderSum(src, dst, protocol, length)).toBe(expected);
      expect(pseudoHeaderSum(src | 0, dst | 0, protocol, length)).toBe(expected);
    }),
  );
});

describe('updateChecksum16', () => {
  test('gives the result of the example in RFC 1624, section 4', () => {
    expect(updateChecksum16(0xdd2f, 0x5555, 0x3285)).toBe(0x0000);
  });

  test('agrees with making the checksum anew', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 20, maxLength: 20 }),
        fc.nat(9),
        fc.nat(0xffff),
        (header, word, after) => {
          const view = viewOf(header);
          // All-zero data has no correct incremental result, and no header is all zero.
          view.setUint8(0, 0x45);
          const at = word === 0 ? 2 : word * 2;
          const checksum = internetChecksum(view, 0, 20);
          const before = view.getUint16(at);
          view.setUint16(at, after);
          expect(updateChecksum16(checksum, before, after)).toBe(internetChecksum(view, 0, 20));
        },
      ),
    );
  });
});

describe('updateChecksum32 and updateChecksumSum', () => {
  test('agree with making the checksum anew', () => {
    const words = fc.uint8Array({ minLength: 24, maxLength: 24 });
    const after = fc.uint8Array({ minLength: 16, maxLength: 16 });
    fc.assert(
      fc.property(words, after, (header, address) => {
        const view = viewOf(header);
        view.setUint8(0, 0x45);
        const checksum = internetChecksum(view, 0, 24);
        const before = onesComplementSum(view, 4, 16);
        const [old, changed] = [view.getInt32(4), viewOf(address).getInt32(0)];
        view.setInt32(4, changed);
        expect(updateChecksum32(checksum, old, changed)).toBe(internetChecksum(view, 0, 24));
        header.set(address, 4);
        const sum = onesComplementSum(viewOf(address), 0, 16);
        expect(updateChecksumSum(checksum, before, sum)).toBe(internetChecksum(view, 0, 24));
      }),
    );
  });
});
