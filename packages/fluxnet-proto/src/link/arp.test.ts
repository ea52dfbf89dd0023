import { expect, test } from 'vitest';
import { parseIpv4 } from '../address/ipv4-address.js';
import { formatMac, parseMac } from '../address/mac.js';
import { captured, viewOf } from '../testing/fixtures.js';
import { ARP_HEADER_LENGTH, ArpHeader, ArpOperation } from './arp.js';

test('reads a captured reply', () => {
  const arp = new ArpHeader(viewOf(captured.arpReply)).at(14);
  const mac = new Uint8Array(6);
  expect(arp.hardwareType).toBe(1);
  expect(arp.protocolType).toBe(0x0800);
  expect(arp.hardwareLength).toBe(6);
  expect(arp.protocolLength).toBe(4);
  expect(arp.operation).toBe(ArpOperation.reply);
  arp.copySenderMac(mac);
  expect(formatMac(mac)).toBe('02:00:00:00:00:02');
  expect(arp.senderAddress).toBe(parseIpv4('192.0.2.2'));
  arp.copyTargetMac(mac);
  expect(formatMac(mac)).toBe('02:00:00:00:00:01');
  expect(arp.targetAddress).toBe(parseIpv4('192.0.2.1'));
});

test('writes the captured reply and nothing else', () => {
  const memory = new Uint8Array(40).fill(0xa5);
  const arp = new ArpHeader(viewOf(memory)).at(7);
  arp.hardwareType = 1;
  arp.protocolType = 0x0800;
  arp.hardwareLength = 6;
  arp.protocolLength = 4;
  arp.operation = ArpOperation.reply;
  arp.setSenderMac(parseMac('02:00:00:00:00:02'));
  arp.senderAddress = parseIpv4('192.0.2.2');
  arp.setTargetMac(parseMac('02:00:00:00:00:01'));
  arp.targetAddress = parseIpv4('192.0.2.1');
  const expected = new Uint8Array(40).fill(0xa5);
  expected.set(captured.arpReply.subarray(14, 14 + ARP_HEADER_LENGTH), 7);
  expect(memory).toEqual(expected);
});
