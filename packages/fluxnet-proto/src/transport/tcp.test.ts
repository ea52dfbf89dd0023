import { expect, test } from 'vitest';
import { captured, viewOf } from '../testing/fixtures.js';
import { TCP_MIN_HEADER_LENGTH, TcpFlag, TcpHeader } from './tcp.js';

test('reads a captured header with options', () => {
  const tcp = new TcpHeader(viewOf(captured.tcpSyn)).at(34);
  expect(tcp.srcPort).toBe(4001);
  expect(tcp.dstPort).toBe(8080);
  expect(tcp.sequenceNumber).toBe(746146893);
  expect(tcp.acknowledgmentNumber).toBe(0);
  expect(tcp.dataOffset).toBe(10);
  expect(tcp.headerLength).toBe(40);
  expect(tcp.flags).toBe(TcpFlag.syn);
  expect(tcp.window).toBe(65535);
  expect(tcp.checksum).toBe(0x4f51);
  expect(tcp.urgentPointer).toBe(0);
});

test('writes a captured header and nothing else', () => {
  const memory = new Uint8Array(32).fill(0xa5);
  const view = viewOf(memory);
  const tcp = new TcpHeader(view).at(5);
  view.setUint8(5 + 12, 0); // The reserved bits have no setter.
  tcp.srcPort = 4001;
  tcp.dstPort = 8080;
  tcp.sequenceNumber = 1135014707;
  tcp.acknowledgmentNumber = 1479311396;
  tcp.dataOffset = 5;
  tcp.flags = TcpFlag.psh | TcpFlag.ack;
  tcp.window = 64;
  tcp.checksum = 0x22c2;
  tcp.urgentPointer = 0;
  const expected = new Uint8Array(32).fill(0xa5);
  expected.set(captured.tcpPush.subarray(34, 34 + TCP_MIN_HEADER_LENGTH), 5);
  expect(memory).toEqual(expected);
});
