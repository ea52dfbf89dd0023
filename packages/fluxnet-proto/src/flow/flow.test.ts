import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseIpv4 } from '../address/ipv4-address.js';
import { parseIpv6 } from '../address/ipv6-address.js';
import { captured, viewOf } from '../testing/fixtures.js';
import { communityId } from './community-id.js';
import { FlowKey } from './flow-key.js';
import { sha1 } from './sha1.js';
import { MICROSOFT_RSS_KEY, RssIndirection, SYMMETRIC_RSS_KEY, ToeplitzHash } from './toeplitz.js';

function key(src: string, dst: string, protocol: number, srcPort: number, dstPort: number) {
  if (!src.includes(':')) {
    const flow = new FlowKey();
    return flow.setIpv4Addresses(parseIpv4(src), parseIpv4(dst), protocol, srcPort, dstPort);
  }
  const header = Uint8Array.from([...new Uint8Array(8), ...parseIpv6(src), ...parseIpv6(dst)]);
  return new FlowKey().setIpv6(viewOf(header), 0, protocol, srcPort, dstPort);
}

const addresses = fc.integer({ min: 0, max: 0xffff_ffff });
const ports = fc.nat(0xffff);
const flows = fc
  .tuple(fc.boolean(), fc.uint8Array({ minLength: 40, maxLength: 40 }), fc.nat(255), ports, ports)
  .map(([v6, header, protocol, srcPort, dstPort]) =>
    v6
      ? new FlowKey().setIpv6(viewOf(header), 0, protocol, srcPort, dstPort)
      : new FlowKey().setIpv4(viewOf(header), 0, srcPort, dstPort),
  );

describe('ToeplitzHash', () => {
  /** The definition: bit by bit, in numbers without a limit. */
  function slowToeplitz(rssKey: readonly number[], input: Uint8Array): number {
    const bits = rssKey.map((byte) => byte.toString(2).padStart(8, '0')).join('');
    let hash = 0;
    for (let i = 0; i < input.length * 8; i++) {
      if ((input[i >> 3]! & (0x80 >> (i & 7))) !== 0) {
        hash ^= Number.parseInt(bits.slice(i, i + 32), 2);
      }
    }
    return hash >>> 0;
  }

  // Microsoft, "Verifying the RSS Hash Calculation".
  test.each([
    ['66.9.149.187', 2794, '161.142.100.80', 1766, 0x323e8fc2, 0x51ccc178],
    ['199.92.111.2', 14230, '65.69.140.83', 4739, 0xd718262a, 0xc626b0ea],
    ['24.19.198.95', 12898, '12.22.207.184', 38024, 0xd2d0a5de, 0x5c2b394a],
    ['3ffe:2501:200:1fff::7', 2794, '3ffe:2501:200:3::1', 1766, 0x2cc18cd5, 0x40207d3d],
    ['3ffe:501:8::260:97ff:fe40:efab', 14230, 'ff02::1', 4739, 0x0f0c461c, 0xdde51bbf],
  ])('%s', (src, srcPort, dst, dstPort, addressHash, portHash) => {
    const flow = key(src, dst, 6, srcPort, dstPort);
    const offset = flow.version === 4 ? 12 : 8;
    const packet = Uint8Array.from([
      ...new Uint8Array(offset),
      ...flow.srcBytes(),
      ...flow.dstBytes(),
      srcPort >> 8,
      srcPort & 0xff,
      dstPort >> 8,
      dstPort & 0xff,
    ]);
    const hash = new ToeplitzHash();
    const version = flow.version === 4 ? 'ipv4' : 'ipv6';
    expect(hash[version](viewOf(packet), 0)).toBe(addressHash);
    expect(hash[version](viewOf(packet), 0, packet.length - 4)).toBe(portHash);
  });

  test('is what the definition says, for any key', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 40, maxLength: 52 }),
        fc.uint8Array({ minLength: 44, maxLength: 44 }),
        (rssKey, packet) => {
          const hash = new ToeplitzHash(rssKey);
          const slow = (from: number, to: number) =>
            slowToeplitz([...rssKey], packet.subarray(from, to));
          expect(hash.ipv6(viewOf(packet), 0, 40)).toBe(slow(8, 44));
          expect(hash.ipv4(viewOf(packet), 0, 20)).toBe(slow(12, 24));
        },
      ),
    );
  });

  test('of the symmetric key is the same both ways', () => {
    const hash = new ToeplitzHash(SYMMETRIC_RSS_KEY);
    fc.assert(
      fc.property(addresses, addresses, ports, ports, (src, dst, srcPort, dstPort) => {
        const of = (a: number, b: number, p: number, q: number) => {
          const view = new DataView(new ArrayBuffer(24));
          view.setUint32(12, a);
          view.setUint32(16, b);
          view.setUint16(20, p);
          view.setUint16(22, q);
          return hash.ipv4(view, 0, 20);
        };
        expect(of(src, dst, srcPort, dstPort)).toBe(of(dst, src, dstPort, srcPort));
      }),
    );
  });

  test('refuses a key that is too short', () => {
    expect(() => new ToeplitzHash(MICROSOFT_RSS_KEY.slice(1))).toThrow('39 bytes');
  });
});

describe('RssIndirection', () => {
  test('takes the low bits of the hash', () => {
    const table = RssIndirection.equal(3, 8);
    expect([0, 1, 2, 3, 7, 8, 0xffff_ffff].map((hash) => table.queueOf(hash))).toEqual([
      0, 1, 2, 0, 1, 0, 1,
    ]);
    expect(new RssIndirection([5, 6]).queueOf(3)).toBe(6);
  });

  test.each([0, 3])('refuses %i entries', (size) => {
    expect(() => new RssIndirection(new Array<number>(size).fill(0))).toThrow(RangeError);
  });
});

describe('FlowKey', () => {
  test('reads a frame', () => {
    const flow = new FlowKey().setIpv4(viewOf(captured.udp), 14, 4000, 5000);
    expect(String(flow)).toBe('192.0.2.1:4000 > 192.0.2.2:5000 proto 17');
    expect(String(flow.reverse())).toBe('192.0.2.2:5000 > 192.0.2.1:4000 proto 17');
  });

  test('is written for people', () => {
    expect(String(key('2001:db8::1', '::1', 58, 128, -1))).toBe(
      '[2001:db8::1]:128 > [::1]:0 proto 58',
    );
  });

  test('hashes the same when it is the same, and both ways where that is asked for', () => {
    fc.assert(
      fc.property(flows, (flow) => {
        const other = new FlowKey().copyFrom(flow);
        expect(other.equals(flow)).toBe(true);
        expect(other.hash()).toBe(flow.hash());
        other.reverse();
        expect(other.symmetricHash()).toBe(flow.symmetricHash());
        expect(other.reverse().equals(flow)).toBe(true);
        other.srcPort ^= 1;
        expect(other.equals(flow)).toBe(false);
      }),
    );
  });

  test('an IPv4 key has nothing of the IPv6 key that it was', () => {
    const flow = key('2001:db8::1', '2001:db8::2', 6, 1, 2);
    flow.setIpv4Addresses(1, 2, 6, 1, 2);
    expect(flow.equals(key('0.0.0.1', '0.0.0.2', 6, 1, 2))).toBe(true);
  });

  test.each(['hash', 'symmetricHash'] as const)('%s spreads neighbours evenly', (name) => {
    // 4096 flows over 64 queues, 64 each on average: chance alone stays within 24 of it.
    const counts = new Int32Array(64);
    const flow = new FlowKey();
    for (let i = 0; i < 4096; i++) {
      flow.setIpv4Addresses(0x0a000000 + (i >> 6), 0x0a000001, 17, 1024 + (i & 63), 53);
      counts[flow[name]() & 63]!++;
    }
    expect(Math.min(...counts)).toBeGreaterThan(30);
    expect(Math.max(...counts)).toBeLessThan(105);
  });
});

describe('communityId', () => {
  // corelight/community-id-spec, baseline: seeds 0 and 1.
  test.each([
    [
      '192.168.0.89',
      '192.168.0.1',
      1,
      8,
      0,
      '1:X0snYXpgwiv9TZtqg64sgzUn6Dk=',
      '1:03g6IloqVBdcZlPyX8r0hgoE7kA=',
    ],
    [
      '192.168.0.1',
      '192.168.0.89',
      1,
      0,
      20,
      '1:X0snYXpgwiv9TZtqg64sgzUn6Dk=',
      '1:03g6IloqVBdcZlPyX8r0hgoE7kA=',
    ],
    [
      '192.168.0.89',
      '192.168.0.1',
      1,
      20,
      0,
      '1:3o2RFccXzUgjl7zDpqmY7yJi8rI=',
      '1:lCXHHxavE1Vq3oX9NH5ladQg02o=',
    ],
    [
      'fe80::200:86ff:fe05:80da',
      'fe80::260:97ff:fe07:69ea',
      58,
      135,
      0,
      '1:dGHyGvjMfljg6Bppwm3bg0LO8TY=',
      '1:kHa1FhMYIT6Ym2Vm2AOtoOARDzY=',
    ],
    [
      'fe80::260:97ff:fe07:69ea',
      'fe80::200:86ff:fe05:80da',
      58,
      136,
      0,
      '1:dGHyGvjMfljg6Bppwm3bg0LO8TY=',
      '1:kHa1FhMYIT6Ym2Vm2AOtoOARDzY=',
    ],
    [
      '3ffe:507:0:1:260:97ff:fe07:69ea',
      '3ffe:507:0:1:200:86ff:fe05:80da',
      58,
      3,
      0,
      '1:NdobDX8PQNJbAyfkWxhtL2Pqp5w=',
      '1:OlOWx9psIbBFi7lOCw/4MhlKR9M=',
    ],
    [
      '192.168.170.8',
      '192.168.170.56',
      132,
      7,
      80,
      '1:jQgCxbku+pNGw8WPbEc/TS/uTpQ=',
      '1:Y1/0jQg6e+I3ZwZZ9LP65DNbTXU=',
    ],
    [
      '128.232.110.120',
      '66.35.250.204',
      6,
      34855,
      80,
      '1:LQU9qZlK+B5F3KDmev6m5PMibrg=',
      '1:3V71V58M3Ksw/yuFALMcW0LAHvc=',
    ],
    [
      '192.168.1.52',
      '8.8.8.8',
      17,
      54585,
      53,
      '1:d/FP5EW3wiY1vCndhwleRRKHowQ=',
      '1:Q9We8WO3piVF8yEQBNJF4uiSVrI=',
    ],
    [
      '10.1.24.4',
      '10.1.12.1',
      46,
      -1,
      -1,
      '1:/nQI4Rh/TtY3mf0R2gJFBkVlgS4=',
      '1:BK3BVW3U2eemuwVQVN3zd/GULno=',
    ],
  ] as const)('%s > %s, protocol %i', (src, dst, protocol, srcPort, dstPort, plain, seeded) => {
    const flow = key(src, dst, protocol, srcPort, dstPort);
    const before = String(flow);
    expect(communityId(flow)).toBe(plain);
    expect(communityId(flow, 1)).toBe(seeded);
    expect(String(flow)).toBe(before);
    if (protocol !== 1 && protocol !== 58) expect(communityId(flow.reverse())).toBe(plain);
  });

  test('refuses a seed that does not fit', () => {
    expect(() => communityId(new FlowKey(), 65_536)).toThrow(RangeError);
  });
});

test('sha1 is what Node.js says it is', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (message) => {
      expect(Buffer.from(sha1(message))).toEqual(createHash('sha1').update(message).digest());
    }),
  );
});
