import { expect, test } from 'vitest';
import { captured, viewOf } from '../testing/fixtures.js';
import { UDP_HEADER_LENGTH, UdpHeader } from './udp.js';

test('reads a captured header', () => {
  const udp = new UdpHeader(viewOf(captured.udp)).at(34);
  expect(udp.srcPort).toBe(4000);
  expect(udp.dstPort).toBe(5000);
  expect(udp.length).toBe(15);
  expect(udp.checksum).toBe(0x9a59);
});

test('writes the captured header and nothing else', () => {
  const memory = new Uint8Array(20).fill(0xa5);
  const udp = new UdpHeader(viewOf(memory)).at(3);
  udp.srcPort = 4000;
  udp.dstPort = 5000;
  udp.length = 15;
  udp.checksum = 0x9a59;
  const expected = new Uint8Array(20).fill(0xa5);
  expected.set(captured.udp.subarray(34, 34 + UDP_HEADER_LENGTH), 3);
  expect(memory).toEqual(expected);
});
