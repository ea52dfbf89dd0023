import { expect, test } from 'vitest';
import { formatMac, parseMac } from '../address/mac.js';
import { captured, viewOf } from '../testing/fixtures.js';
import { EthernetHeader } from './ethernet.js';
import { EtherType } from './ethernet-layout.js';

const SRC = parseMac('02:00:00:00:00:01');
const DST = parseMac('02:00:00:00:00:02');

test('reads a captured header', () => {
  const ethernet = new EthernetHeader(viewOf(captured.udp));
  const mac = new Uint8Array(6);
  ethernet.copyDstMac(mac);
  expect(formatMac(mac)).toBe('02:00:00:00:00:02');
  ethernet.copySrcMac(mac);
  expect(formatMac(mac)).toBe('02:00:00:00:00:01');
  expect(ethernet.etherType).toBe(EtherType.ipv4);
  expect(ethernet.srcMacEquals(SRC)).toBe(true);
  expect(ethernet.srcMacEquals(DST)).toBe(false);
  expect(ethernet.dstMacEquals(DST)).toBe(true);
  expect(ethernet.dstMacEquals(SRC)).toBe(false);
});

test('writes the captured header and nothing else', () => {
  const memory = new Uint8Array(24).fill(0xa5);
  const ethernet = new EthernetHeader(viewOf(memory)).at(5);
  ethernet.setSrcMac(SRC);
  ethernet.setDstMac(DST);
  ethernet.etherType = EtherType.ipv4;
  const expected = new Uint8Array(24).fill(0xa5);
  expected.set(captured.udp.subarray(0, 14), 5);
  expect(memory).toEqual(expected);
});

test('takes MAC addresses from the middle of an array', () => {
  const ethernet = new EthernetHeader(viewOf(new Uint8Array(14)));
  const macs = Uint8Array.from([...SRC, ...DST]);
  ethernet.setDstMac(macs, 6);
  ethernet.setSrcMac(macs);
  expect(ethernet.dstMacEquals(macs, 6)).toBe(true);
  const copy = new Uint8Array(12);
  ethernet.copyDstMac(copy, 6);
  ethernet.copySrcMac(copy);
  expect(copy).toEqual(macs);
});
