import { describe, expect, test } from 'vitest';
import { Rss } from './rss.js';
import { SimNetwork } from './sim-network.js';

function ipv4(address: string): number[] {
  return address.split('.').map(Number);
}

function ipv6(address: string): number[] {
  const [head, tail] = address.split('::').map((half) => half.split(':').filter(Boolean));
  const zeros = Array.from({ length: 8 - head!.length - (tail?.length ?? 0) }, () => '0');
  const words = [...head!, ...zeros, ...(tail ?? [])].map((word) => Number.parseInt(word, 16));
  return words.flatMap((word) => [word >> 8, word & 0xff]);
}

const port = (number: number) => [number >> 8, number & 0xff];

/** "Verifying the RSS hash calculation", Microsoft's driver documentation. */
const VECTORS: [string, number, string, number, number, number][] = [
  ['66.9.149.187', 2794, '161.142.100.80', 1766, 0x323e8fc2, 0x51ccc178],
  ['199.92.111.2', 14230, '65.69.140.83', 4739, 0xd718262a, 0xc626b0ea],
  ['24.19.198.95', 12898, '12.22.207.184', 38024, 0xd2d0a5de, 0x5c2b394a],
  ['38.27.205.30', 48228, '209.142.163.6', 2217, 0x82989176, 0xafc7327f],
  ['153.39.163.191', 44251, '202.188.127.2', 1303, 0x5d1809c5, 0x10e828a2],
  ['3ffe:2501:200:1fff::7', 2794, '3ffe:2501:200:3::1', 1766, 0x2cc18cd5, 0x40207d3d],
  ['3ffe:501:8::260:97ff:fe40:efab', 14230, 'ff02::1', 4739, 0x0f0c461c, 0xdde51bbf],
  [
    '3ffe:1900:4545:3:200:f8ff:fe21:67cf',
    44251,
    'fe80::200:f8ff:fe21:67cf',
    38024,
    0x4b61e985,
    0x02d1feef,
  ],
];

/** UDP, with so many VLAN tags. */
function udp(src: string, srcPort: number, dst: string, dstPort: number, tags = 0): Uint8Array {
  const isV6 = src.includes(':');
  const frame: number[] = Array.from({ length: 12 }, () => 2);
  for (let i = 0; i < tags; i++) frame.push(0x81, 0, 0, 7);
  if (isV6) frame.push(0x86, 0xdd, 0x60, 0, 0, 0, 0, 8, 17, 64, ...ipv6(src), ...ipv6(dst));
  else frame.push(8, 0, 0x45, 0, 0, 28, 0, 0, 0, 0, 64, 17, 0, 0, ...ipv4(src), ...ipv4(dst));
  return Uint8Array.from([...frame, ...port(srcPort), ...port(dstPort), 0, 8, 0, 0]);
}

describe('the queue of a frame', () => {
  test.each([0, 1, 2])('follows hash and table, also behind %i tags', (tags) => {
    const rss = new Rss(4);
    for (const [src, srcPort, dst, dstPort, , hash] of VECTORS) {
      expect(rss.queueOf(udp(src, srcPort, dst, dstPort, tags))).toBe((hash % 128) % 4);
    }
  });

  test('of both directions is the same with the symmetric key', () => {
    const rss = new Rss(16, { key: 'symmetric' });
    const there = VECTORS.map(([src, sp, dst, dp]) => rss.queueOf(udp(src, sp, dst, dp)));
    const back = VECTORS.map(([src, sp, dst, dp]) => rss.queueOf(udp(dst, dp, src, sp)));
    expect(back).toEqual(there);
    expect(new Set(there).size).toBeGreaterThan(3);
  });

  test('of a fragment comes from the addresses, of anything else is 0', () => {
    const rss = new Rss(4);
    const [src, srcPort, dst, dstPort, addresses] = VECTORS[0]!;
    const fragment = udp(src, srcPort, dst, dstPort);
    fragment[14 + 6] = 0x20;
    expect(rss.queueOf(fragment)).toBe((addresses % 128) % 4);
    expect(rss.queueOf(new Uint8Array(60).fill(9))).toBe(0);
    expect(rss.queueOf(new Uint8Array(0))).toBe(0);
    for (let length = 0; length < fragment.length; length++) rss.queueOf(fragment.slice(0, length));
  });

  test('can be chosen by a table', () => {
    const net = new SimNetwork();
    const eth0 = net.addInterface('eth0', { queueCount: 4 });
    const frame = udp('10.0.0.1', 1, '10.0.0.2', 2);
    eth0.setRss({ table: [3] });
    expect(eth0.queueOf(frame)).toBe(3);
    for (const wrong of [
      { table: [] },
      { table: [0, 1, 2] },
      { table: [4] },
      { key: new Uint8Array(39) },
    ]) {
      expect(() => eth0.setRss(wrong)).toThrow('FLUX_INVALID_OPTION');
    }
    expect(() => eth0.setRss({ keys: 1 } as never)).toThrow('FLUX_UNKNOWN_OPTION');
  });
});
