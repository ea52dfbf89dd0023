import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Ipv4PrefixMap, MAX_PREFIX_VALUE } from './ipv4-prefix-map.js';
import { parseIpv6 } from './ipv6-address.js';
import { Ipv6PrefixMap } from './ipv6-prefix-map.js';

/** The definition: all prefixes in a list, the longest that matches. */
class SlowMap {
  readonly #prefixes = new Map<string, number>();

  static bits(address: Uint8Array): string {
    return [...address].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  }

  get size(): number {
    return this.#prefixes.size;
  }

  insert(address: Uint8Array, length: number, value: number): void {
    this.#prefixes.set(SlowMap.bits(address).slice(0, length), value);
  }

  remove(address: Uint8Array, length: number): boolean {
    return this.#prefixes.delete(SlowMap.bits(address).slice(0, length));
  }

  lookup(address: Uint8Array): number {
    const bits = SlowMap.bits(address);
    for (let length = bits.length; length >= 0; length--) {
      const value = this.#prefixes.get(bits.slice(0, length));
      if (value !== undefined) return value;
    }
    return -1;
  }
}

interface Adapter {
  readonly size: number;
  insert(address: Uint8Array, length: number, value: number): void;
  remove(address: Uint8Array, length: number): boolean;
  lookup(address: Uint8Array): number;
}

function viewAt(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function ipv4(): Adapter {
  const map = new Ipv4PrefixMap();
  const number = (address: Uint8Array) => viewAt(address).getUint32(0);
  return {
    get size() {
      return map.size;
    },
    insert: (address, length, value) => map.insert(number(address), length, value),
    remove: (address, length) => map.remove(number(address), length),
    lookup: (address) => {
      const found = map.lookup(number(address));
      expect(map.lookup(number(address) | 0)).toBe(found);
      return found;
    },
  };
}

function ipv6(): Adapter {
  const map = new Ipv6PrefixMap();
  return {
    get size() {
      return map.size;
    },
    insert: (address, length, value) => map.insert(address, length, value),
    remove: (address, length) => map.remove(address, length),
    lookup: (address) => map.lookup(viewAt(address), 0),
  };
}

/** Addresses that share their first bits more often than not. */
function addresses(size: number) {
  const byte = fc.oneof(
    { weight: 6, arbitrary: fc.constant(0x20) },
    { weight: 1, arbitrary: fc.constantFrom(0, 0x21, 0xff, 0x80) },
    { weight: 1, arbitrary: fc.nat(255) },
  );
  return fc
    .array(byte, { minLength: size, maxLength: size })
    .map((bytes) => Uint8Array.from(bytes));
}

describe.each([
  ['Ipv4PrefixMap', ipv4, 4],
  ['Ipv6PrefixMap', ipv6, 16],
] as const)('%s', (_name, make, size) => {
  // Short prefixes of IPv4 fill a large table: few of them keep the test quick.
  const length = fc.oneof(
    { weight: 1, arbitrary: fc.integer({ min: 0, max: size * 8 }) },
    { weight: 8, arbitrary: fc.integer({ min: 14, max: size * 8 }) },
  );
  const operation = fc.record({
    remove: fc.boolean(),
    address: addresses(size),
    length,
    value: fc.nat(MAX_PREFIX_VALUE),
  });

  test('finds what a search through all finds, whatever was added and removed', () => {
    fc.assert(
      fc.property(
        fc.array(operation, { minLength: 1, maxLength: 120, size: 'max' }),
        fc.array(addresses(size), { maxLength: 20 }),
        (operations, others) => {
          const map = make();
          const slow = new SlowMap();
          const probes = [...others, ...operations.map(({ address }) => address)];
          operations.forEach(({ remove, address, length: bits, value }, i) => {
            // Half of what is removed was added before.
            const target = remove && i > 0 ? operations[i >> 1]! : { address, length: bits };
            if (remove) {
              expect(map.remove(target.address, target.length)).toBe(
                slow.remove(target.address, target.length),
              );
            } else {
              map.insert(address, bits, value);
              slow.insert(address, bits, value);
            }
            expect(map.size).toBe(slow.size);
          });
          for (const probe of probes) expect(map.lookup(probe)).toBe(slow.lookup(probe));
        },
      ),
      { numRuns: size === 4 ? 15 : 60 },
    );
  });

  test('holds many prefixes in few addresses, and is empty after all are removed', () => {
    const map = make();
    const slow = new SlowMap();
    // A counter with its bits scattered, so that neighbours come at different times.
    const nth = (i: number) => {
      const address = new Uint8Array(size).fill(0x20);
      const n = Math.imul(i, 0x9e37_79b1);
      address[size - 1] = n & 0xff;
      address[size - 2] = (n >>> 8) & 0xff;
      address[2] = (n >>> 16) & 0x0f;
      return address;
    };
    const lengthOf = (i: number) => size * 8 - (i % 12);
    for (let i = 0; i < 3000; i++) {
      map.insert(nth(i), lengthOf(i), i);
      slow.insert(nth(i), lengthOf(i), i);
    }
    expect(map.size).toBe(slow.size);
    for (let i = 0; i < 3000; i += 7) expect(map.lookup(nth(i))).toBe(slow.lookup(nth(i)));
    for (let i = 0; i < 3000; i++) {
      expect(map.remove(nth(i), lengthOf(i))).toBe(slow.remove(nth(i), lengthOf(i)));
      if (i % 100 === 0) {
        for (let j = 0; j < 3000; j += 131) expect(map.lookup(nth(j))).toBe(slow.lookup(nth(j)));
      }
    }
    expect(map.size).toBe(0);
    for (let i = 0; i < 3000; i++) expect(map.lookup(nth(i))).toBe(-1);
  });

  test('the prefix of no bits contains everything', () => {
    const map = make();
    const any = new Uint8Array(size).fill(0xab);
    expect(map.lookup(any)).toBe(-1);
    map.insert(any, 0, 0);
    expect(map.lookup(any)).toBe(0);
    expect(map.remove(new Uint8Array(size), 0)).toBe(true);
    expect(map.remove(new Uint8Array(size), 0)).toBe(false);
    expect(map.lookup(any)).toBe(-1);
  });

  test.each([-1, size * 8 + 1, 0.5, Number.NaN])('refuses the length %s', (bits) => {
    const map = make();
    expect(() => map.insert(new Uint8Array(size), bits, 1)).toThrow(RangeError);
    expect(() => map.remove(new Uint8Array(size), bits)).toThrow(RangeError);
  });

  test.each([-1, MAX_PREFIX_VALUE + 1, 0.5])('refuses the value %s', (value) => {
    expect(() => make().insert(new Uint8Array(size), 8, value)).toThrow(RangeError);
  });
});

test('the memory of a map of chains stays small', () => {
  // 100 groups that agree in 112 bits: a trie without buckets would have 13 nodes for each.
  const map = new Ipv6PrefixMap();
  for (let group = 0; group < 100; group++) {
    for (let host = 0; host < 40; host++) {
      const address = parseIpv6('2001:db8::');
      address[4] = group;
      address[15] = host;
      map.insert(address, 128, host);
    }
  }
  expect(map.size).toBe(4000);
  expect(map.byteLength - (4 << 20)).toBeLessThan(1 << 20);
});

test('refuses an address that is no IPv6 address', () => {
  expect(() => new Ipv6PrefixMap().insert(new Uint8Array(4), 8, 1)).toThrow('4 bytes');
});
