import { describe, expect, test } from 'vitest';
import { decodeLayers } from '../decode/decode-layers.js';
import { Layers } from '../decode/layers.js';
import { captured, derived, fixtures, fromHex, patched, viewOf } from '../testing/fixtures.js';
import { sctpChecksum } from './crc32c.js';
import { onesComplementSum, pseudoHeaderSum } from './internet-checksum.js';
import { ipv6PseudoHeaderSum } from './ipv6-pseudo-header.js';
import { ChecksumVerdict, verifyIpv4Checksum, verifyL4Checksum } from './verify.js';

const { absent, good, bad, partial, notVerifiable } = ChecksumVerdict;

function verdicts(frame: Uint8Array) {
  const layers = new Layers();
  const view = viewOf(frame);
  decodeLayers(view, 0, frame.length, layers);
  return [verifyIpv4Checksum(view, layers), verifyL4Checksum(view, layers)];
}

const ethernet = (etherType: string, hex: string) =>
  fromHex(`0200 0000 0002 0200 0000 0001 ${etherType} ${hex}`);

describe('frames that Linux made', () => {
  test.each([
    'udp',
    'udpWithIpOptions',
    'icmpEcho',
    'icmpEchoReply',
    'tcpSyn',
    'tcpPush',
    'vlanUdp',
    'doubleVlanUdp',
    'paddedUdp',
  ])('%s is good', (name) => {
    expect(verdicts(fixtures[name]!)).toEqual([good, good]);
  });

  test.each(['firstFragment', 'laterFragment'] as const)('%s has only part of it', (name) => {
    expect(verdicts(captured[name])).toEqual([good, notVerifiable]);
  });

  test('ARP has none', () => {
    expect(verdicts(captured.arpRequest)).toEqual([notVerifiable, notVerifiable]);
  });

  test.each(['udp', 'icmpEcho', 'tcpSyn', 'tcpPush'] as const)(
    '%s with any bit flipped is not good, except in what no checksum covers',
    (name) => {
      const frame = captured[name];
      const { length } = frame;
      for (let bit = 14 * 8; bit < length * 8; bit++) {
        const flipped = Uint8Array.from(frame);
        flipped[bit >> 3]! ^= 0x80 >> (bit & 7);
        expect(verdicts(flipped), `bit ${bit}`).not.toEqual([good, good]);
      }
    },
  );
});

describe('a UDP checksum', () => {
  test('of zero is absent over IPv4', () => {
    expect(verdicts(patched(captured.udp, { 40: 0, 41: 0 }))).toEqual([good, absent]);
  });

  test('that is the sum of the pseudo-header is partial', () => {
    const sum = pseudoHeaderSum(0xc0000201, 0xc0000202, 17, 15);
    const offloaded = patched(captured.udp, { 40: sum >> 8, 41: sum & 0xff });
    expect(verdicts(offloaded)).toEqual([good, partial]);
  });

  test('with a length that lies is not verifiable', () => {
    expect(verdicts(patched(captured.udp, { 39: 0xff }))).toEqual([good, notVerifiable]);
  });

  test('of zero is absent in a packet that is cut, too', () => {
    const without = patched(captured.udp, { 40: 0, 41: 0 });
    expect(verdicts(without.subarray(0, 45))).toEqual([good, absent]);
  });

  test('counts the last stop of an IPv4 source route', () => {
    // Loose source route: one stop left, 192.0.2.9.
    const ip = '4700 002b 0000 4000 4011 0000 c000 0201 c000 0202 8307 04c0 0002 0900';
    const frame = ethernet('0800', `${ip} 0fa0 1388 000f 0000 666c 7578 6e65 74`);
    const pseudo = pseudoHeaderSum(0xc0000201, 0xc0000209, 17, 15);
    const checksum = ~onesComplementSum(viewOf(frame), 42, 15, pseudo) & 0xffff;
    const whole = patched(frame, { 48: checksum >> 8, 49: checksum & 0xff });
    expect(verdicts(whole)[1]).toBe(good);
    // Behind the pointer nothing is left: the destination is that of the header.
    expect(verdicts(patched(whole, { 36: 8 }))[1]).toBe(bad);
  });

  test('of a packet that is cut is not verifiable', () => {
    expect(verdicts(captured.udp.subarray(0, 45))).toEqual([good, notVerifiable]);
  });

  test('of padding that is not zero is good', () => {
    const padded = Uint8Array.from(derived.paddedUdp);
    padded.fill(0xff, captured.udp.length);
    expect(verdicts(padded)).toEqual([good, good]);
  });
});

describe('over IPv6', () => {
  const SRC = '2001 0db8 0000 0000 0000 0000 0000 0001';
  const DST = '2001 0db8 0000 0000 0000 0000 0000 0002';
  const udp = (checksum: string) => `0fa0 1388 000c ${checksum} 0102 0304`;
  const ipv6 = (nextHeader: string, length: string, rest: string) =>
    ethernet('86dd', `6000 0000 ${length} ${nextHeader}40 ${SRC} ${DST} ${rest}`);

  function withChecksum(frame: Uint8Array, at: number, sum: number) {
    const checksum = ~sum & 0xffff;
    return patched(frame, { [at]: checksum >> 8, [at + 1]: checksum & 0xff });
  }

  test('UDP is good, or bad without a checksum', () => {
    const empty = ipv6('11', '000c', udp('0000'));
    expect(verdicts(empty)).toEqual([notVerifiable, bad]);
    const pseudo = ipv6PseudoHeaderSum(viewOf(empty), 22, 38, 17, 12);
    const whole = withChecksum(empty, 60, onesComplementSum(viewOf(empty), 54, 12, pseudo));
    expect(verdicts(whole)).toEqual([notVerifiable, good]);
    expect(verdicts(patched(whole, { 60: pseudo >> 8, 61: pseudo & 0xff }))[1]).toBe(partial);
    expect(verdicts(patched(whole, { 65: 9 }))[1]).toBe(bad);
  });

  test.each([
    ['source route', '00', 'last'],
    ['segment routing', '04', 'first'],
  ])('counts the last stop of a routing header: %s', (_name, type, place) => {
    const stops = [
      '2001 0db8 0000 0000 0000 0000 0000 00aa',
      '2001 0db8 0000 0000 0000 0000 0000 00bb',
    ];
    const routing = (left: string) => `1104 ${type}${left} 0000 0000 ${stops.join(' ')}`;
    const frame = ipv6('2b', '0034', `${routing('01')} ${udp('0000')}`);
    const stop = 54 + 8 + (place === 'last' ? 16 : 0);
    const pseudo = ipv6PseudoHeaderSum(viewOf(frame), 22, stop, 17, 12);
    const sum = onesComplementSum(viewOf(frame), 94, 12, pseudo);
    expect(verdicts(withChecksum(frame, 100, sum))[1]).toBe(good);
    // All stops have been made: the destination is that of the IP header.
    const done = ipv6('2b', '0034', `${routing('00')} ${udp('0000')}`);
    expect(verdicts(withChecksum(done, 100, sum))[1]).toBe(bad);
  });

  test('counts the home address of a mobile node', () => {
    const home = '2001 0db8 0000 0000 0000 0000 0000 00cc';
    const frame = ipv6('3c', '0024', `1102 0102 0000 c910 ${home} ${udp('0000')}`);
    const pseudo = ipv6PseudoHeaderSum(viewOf(frame), 62, 38, 17, 12);
    const sum = onesComplementSum(viewOf(frame), 78, 12, pseudo);
    expect(verdicts(withChecksum(frame, 84, sum))[1]).toBe(good);
    expect(verdicts(withChecksum(frame, 84, sum ^ 1))[1]).toBe(bad);
  });

  test('a routing header of another kind makes it not verifiable', () => {
    const frame = ipv6('2b', '0024', `1102 0301 0000 0000 ${SRC} ${udp('1234')}`);
    expect(verdicts(frame)[1]).toBe(notVerifiable);
  });
});

test('SCTP is good, partial or bad', () => {
  const packet = '4500 0024 0000 4000 4084 b6c3 c000 0201 c000 0202 0fa0 1388 0000 0001';
  const frame = ethernet('0800', `${packet} 0000 0000 0300 0004`);
  expect(verdicts(frame)[1]).toBe(partial);
  const checksum = new DataView(new ArrayBuffer(4));
  checksum.setUint32(0, sctpChecksum(viewOf(frame), 34, 16));
  const whole = Uint8Array.from(frame);
  whole.set(new Uint8Array(checksum.buffer), 42);
  expect(verdicts(whole)[1]).toBe(good);
  expect(verdicts(patched(whole, { 45: 0x55 }))[1]).toBe(bad);
});
