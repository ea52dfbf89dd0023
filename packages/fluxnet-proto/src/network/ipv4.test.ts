import { expect, test } from 'vitest';
import { parseIpv4 } from '../address/ipv4-address.js';
import { internetChecksum, updateChecksum16 } from '../checksum/internet-checksum.js';
import { captured, viewOf } from '../testing/fixtures.js';
import { IpProtocol } from './ip-protocol.js';
import { Ipv4Header } from './ipv4.js';

test('reads a captured header with options', () => {
  const ip = new Ipv4Header(viewOf(captured.udpWithIpOptions)).at(14);
  expect(ip.version).toBe(4);
  expect(ip.ihl).toBe(6);
  expect(ip.headerLength).toBe(24);
  expect(ip.dscp).toBe(0);
  expect(ip.ecn).toBe(0);
  expect(ip.totalLength).toBe(39);
  expect(ip.identification).toBe(64595);
  expect(ip.dontFragment).toBe(true);
  expect(ip.moreFragments).toBe(false);
  expect(ip.fragmentOffset).toBe(0);
  expect(ip.ttl).toBe(64);
  expect(ip.protocol).toBe(IpProtocol.udp);
  expect(ip.headerChecksum).toBe(0x256a);
  expect(ip.srcAddress).toBe(parseIpv4('192.0.2.1'));
  expect(ip.dstAddress).toBe(parseIpv4('192.0.2.2'));
});

test('reads captured fragments', () => {
  const first = new Ipv4Header(viewOf(captured.firstFragment)).at(14);
  expect([first.moreFragments, first.fragmentOffset]).toEqual([true, 0]);
  const later = new Ipv4Header(viewOf(captured.laterFragment)).at(14);
  expect([later.moreFragments, later.fragmentOffset * 8]).toEqual([false, 80]);
});

test('writes a captured header and nothing else', () => {
  const memory = new Uint8Array(40).fill(0xa5);
  const view = viewOf(memory);
  const ip = new Ipv4Header(view).at(9);
  view.setUint16(9 + 6, 0); // The reserved flag has no setter.
  ip.version = 4;
  ip.ihl = 5;
  ip.dscp = 0;
  ip.ecn = 0;
  ip.totalLength = 100;
  ip.identification = 64633;
  ip.dontFragment = false;
  ip.moreFragments = true;
  ip.fragmentOffset = 0;
  ip.ttl = 64;
  ip.protocol = IpProtocol.udp;
  ip.headerChecksum = 0xda0b;
  ip.srcAddress = parseIpv4('192.0.2.1');
  ip.dstAddress = parseIpv4('192.0.2.2');
  const expected = new Uint8Array(40).fill(0xa5);
  expected.set(captured.firstFragment.subarray(14, 34), 9);
  expect(memory).toEqual(expected);
});

test('a router can lower the TTL and update the checksum', () => {
  const view = viewOf(Uint8Array.from(captured.udp));
  const ip = new Ipv4Header(view).at(14);
  const before = view.getUint16(14 + 8);
  ip.ttl--;
  ip.headerChecksum = updateChecksum16(ip.headerChecksum, before, view.getUint16(14 + 8));
  expect(ip.ttl).toBe(63);
  expect(internetChecksum(view, 14, 20)).toBe(0);
});
