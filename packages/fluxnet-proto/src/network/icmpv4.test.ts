import { expect, test } from 'vitest';
import { captured, viewOf } from '../testing/fixtures.js';
import { ICMPV4_HEADER_LENGTH, Icmpv4Header, Icmpv4Type } from './icmpv4.js';

test('reads a captured header', () => {
  const icmp = new Icmpv4Header(viewOf(captured.icmpEcho)).at(34);
  expect(icmp.type).toBe(Icmpv4Type.echo);
  expect(icmp.code).toBe(0);
  expect(icmp.checksum).toBe(0xa496);
  expect(icmp.identifier).toBe(7);
  expect(icmp.sequenceNumber).toBe(1);
});

test('writes the captured header and nothing else', () => {
  const memory = new Uint8Array(20).fill(0xa5);
  const icmp = new Icmpv4Header(viewOf(memory)).at(3);
  icmp.type = Icmpv4Type.echoReply;
  icmp.code = 0;
  icmp.checksum = 0xac96;
  icmp.identifier = 7;
  icmp.sequenceNumber = 1;
  const expected = new Uint8Array(20).fill(0xa5);
  expected.set(captured.icmpEchoReply.subarray(34, 34 + ICMPV4_HEADER_LENGTH), 3);
  expect(memory).toEqual(expected);
});
