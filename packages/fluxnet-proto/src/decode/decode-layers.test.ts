import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { captured, derived, fixtures, fromHex, patched, viewOf } from '../testing/fixtures.js';
import { type Plain, plain } from '../testing/plain.js';
import { decodeLayers } from './decode-layers.js';
import { Fragment, Layers } from './layers.js';
import { StopReason, stopReasonName } from './stop-reason.js';

/** Decodes into a record full of nonsense: whatever it held must not show. */
function decode(frame: Uint8Array, before = 0, after = 0, fill = 0xa5): Plain {
  const memory = new Uint8Array(before + frame.length + after).fill(fill);
  memory.set(frame, before);
  const layers = new Layers();
  for (let level: Layers | undefined = layers; level !== undefined; level = level.next) {
    for (const [key, value] of Object.entries(level)) {
      if (typeof value === 'number') Object.assign(level, { [key]: 0x5a5a5a5a });
    }
  }
  expect(decodeLayers(viewOf(memory), before, frame.length, layers)).toBe(layers.stopReason);
  return plain(layers, before);
}

/** Only what is not as in a new record. */
function found(frame: Uint8Array): Partial<Plain> & { stop: string } {
  const { stopReason, ...layers } = decode(frame);
  const fresh: Record<string, unknown> = { ...plain(new Layers()), l2Offset: 0 };
  const changed = Object.entries(layers).filter(([key, value]) => fresh[key] !== value);
  return { stop: stopReasonName(stopReason), ...Object.fromEntries(changed) };
}

const ipv4 = { etherType: 0x0800, l3Offset: 14 };
const ports = { srcPort: 4000, dstPort: 5000 };
const udpLayers = { ...ipv4, l3Length: 35, ipProtocol: 17, ...ports, ...l4(34, 15, 42, 7) };

function l4(l4Offset: number, l4Length: number, payloadOffset: number, payloadLength: number) {
  return { l4Offset, l4Length, payloadOffset, payloadLength };
}

function shifted(bytes: number): Partial<Plain> {
  return {
    ...udpLayers,
    l3Offset: udpLayers.l3Offset + bytes,
    l4Offset: udpLayers.l4Offset + bytes,
    payloadOffset: udpLayers.payloadOffset + bytes,
  };
}

describe('captured frames', () => {
  const tcp = { ipProtocol: 6, srcPort: 4001, dstPort: 8080 };

  test.each([
    ['arpRequest', { etherType: 0x0806, l3Offset: 14, l3Length: 28, payloadOffset: 42 }],
    ['arpReply', { etherType: 0x0806, l3Offset: 14, l3Length: 28, payloadOffset: 42 }],
    ['udp', udpLayers],
    ['paddedUdp', udpLayers],
    ['vlanUdp', { ...shifted(4), vlanCount: 1, outerVlanId: 100, vlanOffset: 14 }],
    [
      'doubleVlanUdp',
      { ...shifted(8), vlanCount: 2, outerVlanId: 200, innerVlanId: 300, vlanOffset: 14 },
    ],
    ['udpWithIpOptions', { ...shifted(4), l3Offset: 14, l3Length: 39 }],
    ['icmpEcho', { ...ipv4, l3Length: 36, ipProtocol: 1, ...l4(34, 16, 42, 8) }],
    ['tcpSyn', { ...ipv4, l3Length: 60, ...tcp, l4Offset: 34, l4Length: 40, payloadOffset: 74 }],
    ['tcpPush', { ...ipv4, l3Length: 45, ...tcp, ...l4(34, 25, 54, 5) }],
    ['firstFragment', { ...udpLayers, l3Length: 100, fragment: 1, ...l4(34, 80, 42, 72) }],
  ] as const)('%s is decoded whole', (name, expected) => {
    expect(found(fixtures[name]!)).toEqual({ stop: 'none', ...expected });
  });

  test('a later fragment has data and no transport header', () => {
    expect(found(captured.laterFragment)).toEqual({
      stop: 'fragment',
      ...ipv4,
      l3Length: 48,
      ipProtocol: 17,
      fragment: Fragment.later,
      payloadOffset: 34,
      payloadLength: 28,
    });
  });
});

describe('frames that it does not follow', () => {
  const { udp, tcpSyn, arpRequest, firstFragment } = captured;
  const sound = { ...ipv4, l3Length: 35, ipProtocol: 17 };

  test.each([
    ['MACsec', patched(udp, { 12: 0x88, 13: 0xe5 }), 'unknownEtherType', { etherType: 0x88e5 }],
    ['an 802.3 length', patched(udp, { 12: 0, 13: 35 }), 'unknownEtherType', { etherType: 35 }],
  ])('%s', (_title, frame, stop, expected) => {
    expect(found(frame)).toEqual({ stop, l3Offset: 14, l3Length: 35, ...expected });
  });

  test('a seventeenth VLAN tag', () => {
    const tags = '8100 0001'.repeat(17);
    const frame = fromHex(`${'02'.repeat(12)} ${tags} 0800 4500`);
    expect(found(frame)).toMatchObject({
      stop: 'tooManyVlanTags',
      vlanCount: 16,
      innerVlanId: 1,
      etherType: 0x8100,
      l3Offset: 14 + 16 * 4,
    });
  });

  test('ESP', () => {
    const layers = { ...sound, ipProtocol: 50, l4Offset: 34, l4Length: 15 };
    expect(found(patched(udp, { 23: 50 }))).toEqual({ stop: 'unknownProtocol', ...layers });
  });

  test.each([
    ['version 6', { 14: 0x65 }, 'badVersion'],
    ['version 0', { 14: 0x05 }, 'badVersion'],
    ['IHL 4', { 14: 0x44 }, 'badHeaderLength'],
    ['IHL 0', { 14: 0x40 }, 'badHeaderLength'],
    ['a total length of 0', { 17: 0 }, 'badTotalLength'],
    ['a total length of 19', { 17: 19 }, 'badTotalLength'],
    ['a total length less than a longer header', { 14: 0x4f }, 'badTotalLength'],
  ])('IPv4 with %s', (_title, patches, stop) => {
    expect(found(patched(udp, patches))).toEqual({ stop, ...ipv4, l3Length: 35 });
  });

  test.each([
    ['a little', { 17: 36 }],
    ['as far as it can', { 16: 0xff, 17: 0xff }],
  ])('IPv4 whose total length is beyond the frame, %s', (_title, patches) => {
    const expected = { ...udpLayers, stop: 'truncated', truncated: true };
    expect(found(patched(udp, patches))).toEqual(expected);
  });

  test.each([
    ['length 0', { 39: 0 }, 'badUdpLength', 15],
    ['length 7', { 39: 7 }, 'badUdpLength', 15],
    ['a length beyond the datagram', { 39: 16 }, 'badUdpLength', 15],
    ['a datagram that ends in its header', { 17: 27 }, 'truncated', 7],
  ])('UDP with %s', (_title, patches, stop, l4Length) => {
    const layers = { ...sound, ...ports, l3Length: 20 + l4Length, l4Offset: 34, l4Length };
    expect(found(patched(udp, patches))).toEqual({ stop, ...layers });
  });

  test('UDP does not own what its datagram carries behind it', () => {
    const frame = patched(udp, { 39: 12 });
    const expected = { ...udpLayers, l4Length: 12, payloadLength: 4 };
    expect(found(frame)).toEqual({ stop: 'none', ...expected });
  });

  test('a first fragment with an impossible UDP length', () => {
    expect(found(patched(firstFragment, { 39: 7 })).stop).toBe('badUdpLength');
  });

  test.each([
    ['data offset 4', { 46: 0x40 }, 'badHeaderLength', 40],
    ['data offset 0', { 46: 0x00 }, 'badHeaderLength', 40],
    ['a data offset beyond the datagram', { 46: 0xb0 }, 'badHeaderLength', 40],
    ['a datagram that ends in its header', { 17: 39 }, 'truncated', 19],
  ])('TCP with %s', (_title, patches, stop, l4Length) => {
    const layers = {
      ...ipv4,
      l3Length: 20 + l4Length,
      ipProtocol: 6,
      l4Offset: 34,
      l4Length,
      srcPort: 4001,
      dstPort: 8080,
    };
    expect(found(patched(tcpSyn, patches))).toEqual({ stop, ...layers });
  });

  test('ICMP in a datagram that ends in its header', () => {
    expect(found(patched(captured.icmpEcho, { 17: 27 })).stop).toBe('truncated');
  });

  test.each([
    ['another hardware', { 15: 6 }, 'unknownProtocol'],
    ['another protocol', { 16: 0x86, 17: 0xdd }, 'unknownProtocol'],
    ['8-byte hardware addresses', { 18: 8 }, 'badHeaderLength'],
    ['16-byte protocol addresses', { 19: 16 }, 'badHeaderLength'],
  ])('ARP with %s', (_title, patches, stop) => {
    const layers = { etherType: 0x0806, l3Offset: 14, l3Length: 28 };
    expect(found(patched(arpRequest, patches))).toEqual({ stop, ...layers });
  });
});

describe('hostile input', () => {
  /** Nothing outside the frame may be read, so nothing outside may matter. */
  function decodeAnywhere(frame: Uint8Array): Plain {
    const layers = decode(frame);
    for (const fill of [0x00, 0x45, 0xff]) expect(decode(frame, 64, 64, fill)).toEqual(layers);
    requireNested(layers, 0, frame.length);
    return layers;
  }

  /** Every extent lies in the frame and in the layer below. */
  function requireNested(layers: Plain, offset: number, length: number): void {
    let [start, end] = [offset, length];
    for (const [offset, size] of [
      [layers.l3Offset, layers.l3Length],
      [layers.l4Offset, layers.l4Length],
      [layers.payloadOffset, layers.payloadLength],
    ] as const) {
      if (offset === -1) {
        expect(size).toBe(0);
        continue;
      }
      expect(offset).toBeGreaterThanOrEqual(start);
      expect(size).toBeGreaterThanOrEqual(0);
      expect(offset + size).toBeLessThanOrEqual(end);
      [start, end] = [offset, offset + size];
    }
    if (layers.inner !== undefined) requireNested(layers.inner, start, end);
  }

  test.each(Object.entries(fixtures))('%s, cut at every length', (_name, frame) => {
    const whole = decode(frame);
    const last = Math.max(whole.l3Offset + whole.l3Length, whole.payloadOffset);
    for (let length = 0; length <= frame.length; length++) {
      const layers = decodeAnywhere(frame.subarray(0, length));
      if (length >= last) expect(layers).toEqual(whole);
      else if (whole.fragment !== Fragment.later || layers.payloadOffset === -1)
        expect([length, layers.stopReason]).toEqual([length, StopReason.truncated]);
    }
  });

  test.each(Object.entries(fixtures))('%s, with every bit flipped', (_name, frame) => {
    for (let bit = 0; bit < frame.length * 8; bit++) {
      const at = bit >> 3;
      decodeAnywhere(patched(frame, { [at]: frame[at]! ^ (1 << (bit & 7)) }));
    }
  });

  test('random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (frame) => void decodeAnywhere(frame)),
    );
  });

  test('random bytes behind a sound beginning', () => {
    const frames = fc.constantFrom(...Object.values(fixtures));
    fc.assert(
      fc.property(frames, fc.nat(60), fc.uint8Array({ maxLength: 80 }), (frame, cut, rest) => {
        decodeAnywhere(Uint8Array.from([...frame.subarray(0, cut), ...rest]));
      }),
      { numRuns: 1000 },
    );
  });

  test('a header that is cut is not looked at', () => {
    const frame = patched(captured.udp, { 14: 0x65 }).subarray(0, 33);
    expect(decode(frame).stopReason).toBe(StopReason.truncated);
  });

  test.each([
    [0, 61],
    [1, 60],
    [-1, 60],
    [60, 14],
    [0, -1],
    [0, Number.NaN],
    [Number.NaN, 60],
    [0x7fff_ffff, 60],
    [0, Number.POSITIVE_INFINITY],
  ])('offset %d and length %d are not in a view of 60 bytes', (offset, length) => {
    const layers = new Layers();
    const view = viewOf(derived.paddedUdp);
    expect(decodeLayers(view, offset, length, layers)).toBe(StopReason.truncated);
    expect({ ...plain(layers), stopReason: StopReason.none }).toEqual(plain(new Layers()));
  });
});
