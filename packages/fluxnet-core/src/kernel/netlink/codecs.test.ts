import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFluxError } from '../../errors.js';
import { addressRequest, parseAddress } from './address.js';
import { ipText, macText } from './address-text.js';
import {
  attribute,
  LITTLE_ENDIAN,
  parseAttributes,
  textAttribute,
  u32Attribute,
} from './attributes.js';
import { linkRequest, parseLink } from './link.js';
import { buildMessage, parseFailure, parseMessages } from './message.js';
import { napisRequest, parseNapi, parseQueue, queuesRequest } from './napi.js';
import { neighbourRequest, parseNeighbour } from './neighbour.js';
import { parseRoute } from './route.js';
import {
  familyRequest,
  parseFamily,
  parseXdpFeatures,
  xdpFeaturesRequest,
} from './xdp-features.js';

const bytesOf = (hex: string) => new Uint8Array(Buffer.from(hex.replace(/\s/g, ''), 'hex'));
const hexOf = (parts: readonly Uint8Array[]) => Buffer.concat(parts).toString('hex');

function viewOf(hex: string): DataView {
  const bytes = bytesOf(hex);
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Messages of Linux 6.18 and of iproute2's tests, written down on a little-endian machine. */
describe.runIf(LITTLE_ENDIAN)('golden bytes', () => {
  const done = '14000000 0300 0200 07000000 57760000 00000000';

  it('splits a dump into messages', () => {
    const address =
      '4c000000 1400 0200 07000000 57760000 02188000 03000000 08000100 0a000001 08000200 0a000001' +
      '07000300 76300000 08000800 80000000 14000600 ffffffff ffffffff 5a740a00 5a740a00';
    const [first, last, ...none] = parseMessages(bytesOf(address + done));
    expect(none).toEqual([]);
    expect(first).toMatchObject({ type: 20, flags: 2, sequence: 7 });
    expect(parseAddress(first!.payload)).toEqual({
      ifindex: 3,
      family: 4,
      address: '10.0.0.1',
      prefixLength: 24,
      scope: 'global',
    });
    expect(last!.type).toBe(3);
    expect(parseFailure(last!)).toEqual({ errno: 0, reason: undefined });
  });

  it('reads an IPv6 address, and the near end of a point-to-point link', () => {
    const linkLocal = '0a40c0fd 02000000 14000100 fe800000 00000000 1ccc26ff fe4e3c63';
    expect(parseAddress(viewOf(linkLocal))).toMatchObject({
      family: 6,
      address: 'fe80::1ccc:26ff:fe4e:3c63',
      prefixLength: 64,
      scope: 'link',
    });
    const peer = '02200000 07000000 08000100 0a000002 08000200 0a000001';
    expect(parseAddress(viewOf(peer))).toMatchObject({ address: '10.0.0.1', prefixLength: 32 });
    expect(parseAddress(viewOf('1c000000 07000000'))).toBeUndefined();
  });

  it('reads an error with its reason, and one without', () => {
    const reason =
      '54000000 0200 0003 07000000 57760000 eaffffff 1c000000 15000100 07000000 00000000' +
      '1c000100 4e4c415f 465f4e45 53544544 20697320 6d697373 696e6700 08000200 14000000' +
      '0c000480 08000100 0d000000';
    expect(parseFailure(parseMessages(bytesOf(reason))[0]!)).toEqual({
      errno: -22,
      reason: 'NLA_F_NESTED is missing',
    });
    const bare =
      '24000000 0200 0001 07000000 57760000 edffffff 20000000 12000100 07000000 00000000';
    expect(parseFailure(parseMessages(bytesOf(bare))[0]!)).toEqual({
      errno: -19,
      reason: undefined,
    });
  });

  it('reads a link: a bridge port with a program', () => {
    const link =
      '00000100 03000000 43100100 00000000' +
      '07000300 76300000 08000400 dc050000 08000a00 04000000 0a000100 8e07eef8 850a0000' +
      '1c002b80 05000200 01000000 08000400 2a000000 08000500 2a000000' +
      '1c001200 09000100 76657468 00000000 0b000400 62726964 67650000' +
      '11003800 30303030 3a30333a 30302e30 00000000 08003900 70636900';
    expect(parseLink(viewOf(link))).toEqual({
      family: 0,
      ifindex: 3,
      up: true,
      running: true,
      ifname: 'v0',
      mac: '8e:07:ee:f8:85:0a',
      mtu: 1500,
      kind: 'veth',
      master: { ifindex: 4, kind: 'bridge' },
      parent: { bus: 'pci', device: '0000:03:00.0' },
      program: { id: 42, mode: 'native' },
      mostQueues: 1,
    });
  });

  it.each([
    ['05000200 00000000', undefined],
    ['05000200 01000000 08000400 07000000', { id: 7, mode: 'native' }],
    ['05000200 02000000 08000400 07000000 08000600 07000000', { id: 7, mode: 'generic' }],
    ['05000200 04000000 08000500 08000000 08000600 07000000', { id: 8, mode: 'native' }],
    ['05000200 03000000 08000400 09000000', { id: 9, mode: 'native' }],
  ])('reads the attached program %#', (xdp, program) => {
    const body = bytesOf(xdp);
    const link = hexOf([new Uint8Array(16), attribute(43, body)]);
    expect(parseLink(viewOf(link)).program).toEqual(program);
  });

  it('reads the membership of a bond', () => {
    const bonded =
      '00000100 05000000 43180100 00000000 08000a00 06000000 10001200 09000400 626f6e64 00000000';
    expect(parseLink(viewOf(bonded))).toMatchObject({
      master: { ifindex: 6, kind: 'bond' },
      kind: undefined,
    });
  });

  it('reads a link message that says little', () => {
    expect(parseLink(viewOf('00000100 02000000 02100000 00000000'))).toEqual({
      family: 0,
      ifindex: 2,
      up: false,
      running: false,
      ifname: undefined,
      mac: undefined,
      mtu: undefined,
      kind: undefined,
      master: undefined,
      parent: undefined,
      program: undefined,
      mostQueues: 1,
    });
  });

  it('reads routes: default, several ways, none, a gateway of the other family', () => {
    const route = (hex: string) => parseRoute(viewOf(hex));
    expect(
      route('02000000 fe030001 00000000 08000f00 fe000000 08000500 0a000002 08000400 03000000'),
    ).toEqual({
      family: 4,
      type: 'unicast',
      destination: '0.0.0.0',
      prefixLength: 0,
      nextHops: [{ gateway: '10.0.0.2', ifindex: 3, weight: 1 }],
      source: undefined,
      metric: 0,
      table: 254,
      scope: 'global',
    });
    expect(
      route(
        '02100000 fe030001 00000000 08000f00 fe000000 08000100 0a090000 24000900' +
          '10000000 03000000 08000500 0a000002 10000002 03000000 08000500 0a000003',
      ),
    ).toMatchObject({
      destination: '10.9.0.0',
      prefixLength: 16,
      nextHops: [
        { gateway: '10.0.0.2', ifindex: 3, weight: 1 },
        { gateway: '10.0.0.3', ifindex: 3, weight: 3 },
      ],
    });
    expect(route('02100000 fe030006 00000000 08000f00 fe000000 08000100 0a080000')).toMatchObject({
      type: 'blackhole',
      destination: '10.8.0.0',
      nextHops: [],
    });
    expect(
      route(
        '02200000 fe030001 00000000 08000f00 fe000000 08000100 c0000201 16001200 0a002001' +
          '0db80001 00000000 00000000 00010000 08000400 01000000',
      ),
    ).toMatchObject({ nextHops: [{ gateway: '2001:db8:1::1', ifindex: 1, weight: 1 }] });
    expect(
      route(
        '0a400000 fe020001 00000000 08000f00 fe000000 14000100 fe800000 00000000 00000000' +
          '00000000 08000600 00010000 08000400 02000000',
      ),
    ).toMatchObject({ family: 6, destination: 'fe80::', prefixLength: 64, metric: 256 });
    expect(route('1c140000 fe030001 00000000')).toBeUndefined();
  });

  it('reads neighbours, and leaves a bridge table out', () => {
    const neighbour = (hex: string) => parseNeighbour(viewOf(hex));
    expect(
      neighbour('02000000 03000000 80000001 08000100 0a000002 0a000200 02000000 00090000'),
    ).toEqual({
      ifindex: 3,
      family: 4,
      address: '10.0.0.2',
      mac: '02:00:00:00:00:09',
      state: 'permanent',
    });
    expect(neighbour('02000000 03000000 20000001 08000100 0a000002')).toMatchObject({
      mac: undefined,
      state: 'failed',
    });
    expect(neighbour('07000000 03000000 00800002 0a000200 01005e00 00010000')).toBeUndefined();
  });

  it('reads the XDP features of a driver', () => {
    const family = '01020000 0b000200 6e657464 65760000 06000100 14000000 08000300 01000000';
    expect(parseFamily(viewOf(family))).toBe(20);
    const features =
      '01010000 08000100 03000000 0c000300 2b000000 00000000 0c000500 07000000 00000000' +
      '0c000600 02000000 01000000 08000400 11000000';
    expect(parseXdpFeatures(viewOf(features))).toEqual({
      driver: ['basic', 'redirect', 'xsk-zerocopy', 'rx-sg'],
      rxMetadata: ['timestamp', 'hash', 'vlan-tag'],
      txMetadata: ['checksum'],
      zeroCopyMaxSegments: 17,
    });
  });

  it('reads queues and how their interrupts are deferred', () => {
    const rx = '0a010000 08000100 00000000 08000300 00000000 08000200 04000000 08000400 01010000';
    expect(parseQueue(viewOf(rx))).toEqual({ rx: true, queueId: 0, napiId: 257 });
    const tx = '0a010000 08000100 02000000 08000300 01000000 08000200 04000000';
    expect(parseQueue(viewOf(tx))).toEqual({ rx: false, queueId: 2, napiId: undefined });
    const napi =
      '0b010000 08000200 01010000 08000100 04000000 08000800 01000000 08000500 02000000' +
      '08000700 40420f00 0c000600 00e40b54 02000000';
    expect(parseNapi(viewOf(napi))).toEqual({
      napiId: 257,
      deferHardIrqs: 2,
      groFlushTimeoutNs: 10_000_000_000, // More than 32 bits.
      irqSuspendTimeoutNs: 1_000_000,
      threaded: true,
    });
    expect(parseNapi(viewOf('0b010000 08000200 01010000'))).toEqual({ napiId: 257 });
  });

  it('makes requests', () => {
    expect(hexOf([buildMessage(18, 0x301, 7, [new Uint8Array(3)])])).toBe(
      '14000000120001030700000000000000' + '00000000',
    );
    expect(hexOf(linkRequest('eth0'))).toBe(`${'00'.repeat(16)}090003006574683000000000`);
    expect(hexOf(linkRequest(5))).toBe(`0000000005000000${'00'.repeat(8)}`);
    expect(hexOf(addressRequest(5))).toBe('0000000005000000');
    expect(hexOf(neighbourRequest(5))).toBe(`${'00'.repeat(12)}0800080005000000`);
    expect(hexOf(familyRequest('netdev'))).toBe('030100000b0002006e65746465760000');
    expect(hexOf(queuesRequest(5))).toBe('0a0100000800020005000000');
    expect(hexOf(napisRequest(5))).toBe('0b0100000800010005000000');
    expect(hexOf(xdpFeaturesRequest(5))).toBe('010100000800010005000000');
  });
});

describe('text of addresses', () => {
  it.each([
    ['00000000000000000000000000000000', '::'],
    ['00000000000000000000000000000001', '::1'],
    ['20010db8000000000000000000000000', '2001:db8::'],
    ['20010db8000000010000000000000001', '2001:db8:0:1::1'],
    ['20010000000000010000000000000001', '2001:0:0:1::1'],
    ['20010000000100000001000000010001', '2001:0:1:0:1:0:1:1'],
    ['fe800000000000001ccc26fffe4e3c63', 'fe80::1ccc:26ff:fe4e:3c63'],
    ['c0000201', '192.0.2.1'],
  ])('%s is %s', (hex, expected) => {
    expect(ipText(bytesOf(hex))).toBe(expected);
  });

  it('knows addresses of other lengths are none', () => {
    expect(ipText(bytesOf('0a0000'))).toBeUndefined();
    expect(macText(bytesOf('0200000a00ff'))).toBe('02:00:00:0a:00:ff');
  });
});

describe('hostile bytes', () => {
  const decoders = {
    messages: (view: DataView) =>
      parseMessages(new Uint8Array(view.buffer, view.byteOffset, view.byteLength)).map((message) =>
        parseFailure(message),
      ),
    parseLink,
    parseAddress,
    parseRoute,
    parseNeighbour,
    parseFamily,
    parseXdpFeatures,
    parseQueue,
    parseNapi,
  };

  /** Decoders end, and throw nothing but the one error. */
  function decodeAll(bytes: Uint8Array): void {
    for (const decode of Object.values(decoders)) {
      try {
        decode(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
      } catch (error) {
        if (!isFluxError(error, 'FLUX_NETLINK_MALFORMED')) throw error;
      }
    }
  }

  it('are refused or read, never more', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), decodeAll), { numRuns: 3000 });
  });

  it('are refused or read, never more, when the lengths are nearly right', () => {
    const part = fc
      .tuple(fc.nat(64), fc.uint8Array({ maxLength: 24 }), fc.integer({ min: -6, max: 6 }))
      .map(([type, value, error]) => {
        const out = attribute(type, value);
        const view = new DataView(out.buffer);
        view.setUint16(0, Math.max(0, view.getUint16(0, LITTLE_ENDIAN) + error), LITTLE_ENDIAN);
        return out;
      });
    const message = fc.tuple(fc.constantFrom(4, 8, 12, 16), fc.array(part, { maxLength: 6 }));
    fc.assert(
      fc.property(message, fc.nat(5), fc.boolean(), ([header, parts], family, wrap) => {
        const head = new Uint8Array(header).fill(family * 2, 0, 1);
        const body = Buffer.concat([head, ...parts]);
        decodeAll(wrap ? buildMessage(2, 0x200, 1, [body]) : new Uint8Array(body));
      }),
      { numRuns: 3000 },
    );
  });

  it('are told by the place where they break', () => {
    const code = 'FLUX_NETLINK_MALFORMED';
    expect(() => parseMessages(new Uint8Array(15))).toThrow('a message does not fit');
    expect(() => parseMessages(new Uint8Array(16))).toThrow('a message does not fit');
    expect(() => parseLink(new DataView(new ArrayBuffer(15)))).toThrow('a header is cut off');
    expect(() => parseAttributes(new DataView(new ArrayBuffer(4)))).toThrow(
      'an attribute does not fit',
    );
    const short = hexOf([new Uint8Array(16), attribute(4, new Uint8Array(3))]);
    expect(() => parseLink(viewOf(short))).toThrow(`[${code}] netlink: a value is too short`);
    const hop = hexOf([Uint8Array.of(2), new Uint8Array(11), attribute(9, new Uint8Array(8))]);
    expect(() => parseRoute(viewOf(hop))).toThrow('a next hop does not fit');
    const error = { flags: 0, sequence: 0, type: 2, payload: new DataView(new ArrayBuffer(3)) };
    expect(() => parseFailure(error)).toThrow('an error has no number');
    const cut = { ...error, flags: 0x300, payload: new DataView(new ArrayBuffer(8)) };
    expect(() => parseFailure(cut)).toThrow('an error is cut off');
  });

  it('what attributes say comes back', () => {
    fc.assert(
      fc.property(fc.nat(0x3fff), fc.uint8Array({ maxLength: 40 }), (type, value) => {
        const out = attribute(type, value);
        const found = parseAttributes(new DataView(out.buffer)).get(type)!;
        expect([...new Uint8Array(found.buffer, found.byteOffset, found.byteLength)]).toEqual([
          ...value,
        ]);
      }),
    );
    expect(parseAttributes(new DataView(u32Attribute(1, 2).buffer)).get(1)!.byteLength).toBe(4);
    expect(textAttribute(1, 'x')).toHaveLength(8);
  });
});

// Payloads of rust-netlink's tests (MIT). Skipped unless FLUXNET_CORPUS names their folder.
const corpus = process.env.FLUXNET_CORPUS;
describe.runIf(corpus !== undefined && LITTLE_ENDIAN)(
  'vectors in the folder FLUXNET_CORPUS',
  () => {
    interface Vector {
      readonly source: string;
      readonly test: string;
      readonly hex: string;
    }
    const vectors = (): Vector[] =>
      JSON.parse(readFileSync(join(corpus!, 'extra/netlink-route-vectors.json'), 'utf8')).vectors;
    const vector = (test: string) => viewOf(vectors().find((one) => one.test === test)!.hex);

    it('are read or refused, and every cut of them', () => {
      for (const { source, hex } of vectors()) {
        const decode = /^src\/(link|address|route|neighbour)\//.exec(source)?.[1];
        const parse = { link: parseLink, address: parseAddress, route: parseRoute }[decode!];
        const view = viewOf(hex);
        for (let length = 0; length < view.byteLength; length += 1 + (length >> 6)) {
          try {
            (parse ?? parseNeighbour)(new DataView(view.buffer, view.byteOffset, length));
          } catch (error) {
            if (!isFluxError(error, 'FLUX_NETLINK_MALFORMED')) throw error;
          }
        }
      }
    });

    it('mean what they are named after', () => {
      expect(parseLink(vector('test_parsing_link_vxlan'))).toMatchObject({ kind: 'vxlan' });
      expect(parseLink(vector('test_show_vcan'))).toMatchObject({ ifname: 'vcan1', kind: 'vcan' });
      expect(parseLink(vector('test_bridge_netns_immutable'))).toMatchObject({ kind: 'bridge' });
      expect(parseLink(vector('test_bond_link_info'))).toMatchObject({ kind: 'bond' });
      expect(parseRoute(vector('test_ipv4_route_via'))).toMatchObject({
        destination: '192.0.2.1',
        nextHops: [{ gateway: '2001:db8:1::' }],
      });
      expect(parseRoute(vector('test_route_multipath_two_nexthops'))!.nextHops).toHaveLength(2);
      expect(parseRoute(vector('test_ipv4_route_loopback'))).toMatchObject({
        type: 'local',
        destination: '127.0.0.0',
        source: '127.0.0.1',
      });
      expect(parseNeighbour(vector('test_ipv6_neighbour_show'))).toMatchObject({
        address: 'fe80::1e69:7aff:fe07:c336',
        mac: '1c:69:7a:07:c3:36',
        state: 'stale',
      });
      expect(parseNeighbour(vector('test_bridge_neighbour_show'))).toBeUndefined();
    });
  },
);
