import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseIpv4 } from '../address/ipv4-address.js';
import { parseMac } from '../address/mac.js';
import { internetChecksum, pseudoHeaderSum } from '../checksum/internet-checksum.js';
import { decodeLayers } from '../decode/decode-layers.js';
import { Layers } from '../decode/layers.js';
import { StopReason } from '../decode/stop-reason.js';
import { ArpHeader, ArpOperation } from '../link/arp.js';
import { EthernetHeader } from '../link/ethernet.js';
import { Icmpv4Header, Icmpv4Type } from '../network/icmpv4.js';
import { IpProtocol } from '../network/ip-protocol.js';
import { Ipv4Header } from '../network/ipv4.js';
import { captured, viewOf } from '../testing/fixtures.js';
import { TcpFlag, TcpHeader } from '../transport/tcp.js';
import { UdpHeader } from '../transport/udp.js';
import { writeArp } from './arp.js';
import type { Ipv4Options } from './frame.js';
import { writeIcmpEcho } from './icmpv4.js';
import { writeTcp } from './tcp.js';
import { writeUdp } from './udp.js';

const one = { mac: parseMac('02:00:00:00:00:01'), address: parseIpv4('192.0.2.1') };
const two = { mac: parseMac('02:00:00:00:00:02'), address: parseIpv4('192.0.2.2') };
const forth = {
  srcMac: one.mac,
  dstMac: two.mac,
  srcAddress: one.address,
  dstAddress: two.address,
};
const back = {
  srcMac: two.mac,
  dstMac: one.mac,
  srcAddress: two.address,
  dstAddress: one.address,
};
const ascii = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));

/** Builds into poisoned memory and returns the frame, having checked that the rest is untouched. */
function built(write: (frame: Uint8Array) => number, room = 200): Uint8Array {
  const memory = new Uint8Array(room + 32).fill(0xa5);
  const length = write(memory.subarray(16, 16 + room));
  const outside = [...memory.subarray(0, 16), ...memory.subarray(16 + length)];
  expect(outside.every((byte) => byte === 0xa5)).toBe(true);
  return memory.slice(16, 16 + length);
}

describe('builders make the frames that Linux makes', () => {
  const arpRequest = {
    srcMac: one.mac,
    dstMac: parseMac('ff:ff:ff:ff:ff:ff'),
    operation: ArpOperation.request,
    senderAddress: one.address,
    targetAddress: two.address,
  };
  const arpReply = {
    srcMac: two.mac,
    dstMac: one.mac,
    operation: ArpOperation.reply,
    senderAddress: two.address,
    targetAddress: one.address,
  };
  const echo = {
    ...forth,
    identification: 51376,
    identifier: 7,
    sequenceNumber: 1,
    payload: ascii('echo me!'),
  };
  const echoReply = {
    ...echo,
    ...back,
    identification: 44558,
    dontFragment: false,
    type: Icmpv4Type.echoReply,
  };
  const udp = {
    ...forth,
    identification: 64547,
    srcPort: 4000,
    dstPort: 5000,
    payload: ascii('fluxnet'),
  };
  const tcpPush = {
    ...forth,
    identification: 27447,
    srcPort: 4001,
    dstPort: 8080,
    sequenceNumber: 1135014707,
    acknowledgmentNumber: 1479311396,
    flags: TcpFlag.psh | TcpFlag.ack,
    window: 64,
    payload: ascii('GET /'),
  };

  test.each<[keyof typeof captured, (frame: Uint8Array) => number]>([
    ['arpRequest', (frame) => writeArp(frame, arpRequest)],
    ['arpReply', (frame) => writeArp(frame, arpReply)],
    ['icmpEcho', (frame) => writeIcmpEcho(frame, echo)],
    ['icmpEchoReply', (frame) => writeIcmpEcho(frame, echoReply)],
    ['udp', (frame) => writeUdp(frame, udp)],
    ['tcpPush', (frame) => writeTcp(frame, tcpPush)],
  ])('%s', (name, write) => {
    const expected = captured[name];
    expect(built(write)).toEqual(expected);
    expect(built(write, expected.length)).toEqual(expected);
  });
});

describe('what is written is what is decoded', () => {
  const uint = (bits: number) => fc.integer({ min: 0, max: 2 ** bits - 1 });
  const mac = fc.uint8Array({ minLength: 6, maxLength: 6 });
  const payload = fc.uint8Array({ maxLength: 100 });
  const ipv4 = { srcMac: mac, dstMac: mac, srcAddress: uint(32), dstAddress: uint(32) };
  const ipv4Extras = { ttl: uint(8), identification: uint(16), dontFragment: fc.boolean() };
  const ports = { srcPort: uint(16), dstPort: uint(16) };

  /** The layers of a sound frame, with everything up to the transport header checked. */
  function checked(
    frame: Uint8Array,
    protocol: number,
    options: Required<Ipv4Options> & { payload: Uint8Array },
  ): Layers {
    const view = viewOf(frame);
    const layers = new Layers();
    expect(decodeLayers(view, 0, frame.length, layers)).toBe(StopReason.none);
    const ethernet = new EthernetHeader(view);
    expect(ethernet.srcMacEquals(options.srcMac)).toBe(true);
    expect(ethernet.dstMacEquals(options.dstMac)).toBe(true);
    const ip = new Ipv4Header(view).at(layers.l3Offset);
    expect(ip.srcAddress).toBe(options.srcAddress);
    expect(ip.dstAddress).toBe(options.dstAddress);
    expect(ip.ttl).toBe(options.ttl);
    expect(ip.identification).toBe(options.identification);
    expect(ip.dontFragment).toBe(options.dontFragment);
    expect(layers.ipProtocol).toBe(protocol);
    expect(internetChecksum(view, layers.l3Offset, ip.headerLength)).toBe(0);
    const end = layers.payloadOffset + layers.payloadLength;
    expect(end).toBe(frame.length);
    expect(frame.slice(layers.payloadOffset, end)).toEqual(options.payload);
    const { l4Offset, l4Length } = layers;
    const pseudoHeader =
      protocol === IpProtocol.icmp
        ? 0
        : pseudoHeaderSum(ip.srcAddress, ip.dstAddress, protocol, l4Length);
    expect(internetChecksum(view, l4Offset, l4Length, pseudoHeader)).toBe(0);
    return layers;
  }

  test('UDP', () => {
    fc.assert(
      fc.property(fc.record({ ...ipv4, ...ipv4Extras, ...ports, payload }), (options) => {
        const frame = built((buffer) => writeUdp(buffer, options));
        const layers = checked(frame, IpProtocol.udp, options);
        expect([layers.srcPort, layers.dstPort]).toEqual([options.srcPort, options.dstPort]);
        expect(new UdpHeader(viewOf(frame)).at(layers.l4Offset).checksum).not.toBe(0);
      }),
    );
  });

  test('TCP', () => {
    const numbers = { sequenceNumber: uint(32), acknowledgmentNumber: uint(32) };
    const control = { flags: uint(8), window: uint(16) };
    const all = { ...ipv4, ...ipv4Extras, ...ports, ...numbers, ...control, payload };
    fc.assert(
      fc.property(fc.record(all), (options) => {
        const frame = built((buffer) => writeTcp(buffer, options));
        const layers = checked(frame, IpProtocol.tcp, options);
        expect([layers.srcPort, layers.dstPort]).toEqual([options.srcPort, options.dstPort]);
        const tcp = new TcpHeader(viewOf(frame)).at(layers.l4Offset);
        expect(tcp.sequenceNumber).toBe(options.sequenceNumber);
        expect(tcp.acknowledgmentNumber).toBe(options.acknowledgmentNumber);
        expect(tcp.flags).toBe(options.flags);
        expect(tcp.window).toBe(options.window);
      }),
    );
  });

  test('ICMP echo', () => {
    const type = fc.constantFrom(...Object.values(Icmpv4Type));
    const echo = { type, identifier: uint(16), sequenceNumber: uint(16) };
    fc.assert(
      fc.property(fc.record({ ...ipv4, ...ipv4Extras, ...echo, payload }), (options) => {
        const frame = built((buffer) => writeIcmpEcho(buffer, options));
        const layers = checked(frame, IpProtocol.icmp, options);
        const icmp = new Icmpv4Header(viewOf(frame)).at(layers.l4Offset);
        expect(icmp.type).toBe(options.type);
        expect(icmp.code).toBe(0);
        expect(icmp.identifier).toBe(options.identifier);
        expect(icmp.sequenceNumber).toBe(options.sequenceNumber);
      }),
    );
  });

  test('ARP', () => {
    const operation = fc.constantFrom(...Object.values(ArpOperation));
    const addresses = { senderAddress: uint(32), targetAddress: uint(32) };
    fc.assert(
      fc.property(fc.record({ srcMac: mac, dstMac: mac, operation, ...addresses }), (options) => {
        const frame = built((buffer) => writeArp(buffer, options));
        const layers = new Layers();
        expect(decodeLayers(viewOf(frame), 0, frame.length, layers)).toBe(StopReason.none);
        const arp = new ArpHeader(viewOf(frame)).at(layers.l3Offset);
        expect(arp.operation).toBe(options.operation);
        expect(arp.senderAddress).toBe(options.senderAddress);
        expect(arp.targetAddress).toBe(options.targetAddress);
        const found = new Uint8Array(6);
        arp.copySenderMac(found);
        expect(found).toEqual(options.srcMac);
        arp.copyTargetMac(found);
        const isRequest = options.operation === ArpOperation.request;
        expect(found).toEqual(isRequest ? new Uint8Array(6) : options.dstMac);
      }),
    );
  });
});

test('a UDP checksum that comes out as 0 is sent as 0xffff', () => {
  const options = { ...forth, srcPort: 4000, dstPort: 5000 };
  const plain = built((frame) => writeUdp(frame, { ...options, payload: Uint8Array.of(0, 0) }));
  const checksum = viewOf(plain).getUint16(40);
  // Data equal to the checksum raises the sum to 0xffff, whose complement is 0.
  const payload = Uint8Array.of(checksum >> 8, checksum & 0xff);
  const frame = built((buffer) => writeUdp(buffer, { ...options, payload }));
  expect(viewOf(frame).getUint16(40)).toBe(0xffff);
});

describe('builders refuse', () => {
  const udp = { ...forth, srcPort: 1, dstPort: 2 };
  const tcp = { ...udp, flags: TcpFlag.syn };
  const echo = { ...forth, identifier: 1, sequenceNumber: 1 };
  const arp = { ...forth, operation: 1, senderAddress: 1, targetAddress: 2 };

  function refusal(write: (frame: Uint8Array) => number, room = 100): string {
    const frame = new Uint8Array(room).fill(0xa5);
    let message = 'nothing was thrown';
    try {
      write(frame);
    } catch (error) {
      expect(error).toBeInstanceOf(RangeError);
      message = (error as RangeError).message;
    }
    expect(frame.every((byte) => byte === 0xa5)).toBe(true);
    return message;
  }

  test.each([
    ['ARP', 42, (frame: Uint8Array) => writeArp(frame, arp)],
    ['ICMP', 42, (frame: Uint8Array) => writeIcmpEcho(frame, echo)],
    ['UDP', 42, (frame: Uint8Array) => writeUdp(frame, udp)],
    ['TCP', 54, (frame: Uint8Array) => writeTcp(frame, tcp)],
  ])('%s in a buffer that is too small, having written nothing', (_name, required, write) => {
    for (let room = 0; room < required; room++) {
      const message = `the frame requires ${required} bytes and the buffer has ${room} available`;
      expect(refusal(write, room)).toBe(message);
    }
  });

  test('a payload that no IPv4 datagram can carry', () => {
    const payload = new Uint8Array(65508);
    const write = (frame: Uint8Array) => writeUdp(frame, { ...udp, payload });
    expect(refusal(write, 70_000)).toBe(
      'totalLength is 65536; it must be an integer from 0 to 65535',
    );
  });

  const short = new Uint8Array(5);
  test.each<[string, (frame: Uint8Array) => number]>([
    ['srcPort is 65536;', (frame) => writeUdp(frame, { ...udp, srcPort: 65536 })],
    ['dstPort is -1;', (frame) => writeUdp(frame, { ...udp, dstPort: -1 })],
    ['srcPort is NaN;', (frame) => writeTcp(frame, { ...tcp, srcPort: Number.NaN })],
    ['dstPort is 1.5;', (frame) => writeTcp(frame, { ...tcp, dstPort: 1.5 })],
    ['sequenceNumber is -1;', (frame) => writeTcp(frame, { ...tcp, sequenceNumber: -1 })],
    ['acknowledgmentNumber', (frame) => writeTcp(frame, { ...tcp, acknowledgmentNumber: 2 ** 32 })],
    ['flags is 256;', (frame) => writeTcp(frame, { ...tcp, flags: 256 })],
    ['window is 65536;', (frame) => writeTcp(frame, { ...tcp, window: 65536 })],
    ['ttl is 256;', (frame) => writeUdp(frame, { ...udp, ttl: 256 })],
    ['identification is -1;', (frame) => writeUdp(frame, { ...udp, identification: -1 })],
    ['srcAddress is -1;', (frame) => writeUdp(frame, { ...udp, srcAddress: -1 })],
    ['dstAddress', (frame) => writeUdp(frame, { ...udp, dstAddress: 2 ** 32 })],
    ['srcMac has 5 bytes;', (frame) => writeUdp(frame, { ...udp, srcMac: short })],
    ['dstMac has 5 bytes;', (frame) => writeUdp(frame, { ...udp, dstMac: short })],
    ['type is 256;', (frame) => writeIcmpEcho(frame, { ...echo, type: 256 })],
    ['identifier is 65536;', (frame) => writeIcmpEcho(frame, { ...echo, identifier: 65536 })],
    [
      'sequenceNumber is 65536;',
      (frame) => writeIcmpEcho(frame, { ...echo, sequenceNumber: 65536 }),
    ],
    ['operation is 65536;', (frame) => writeArp(frame, { ...arp, operation: 65536 })],
    ['senderAddress is -1;', (frame) => writeArp(frame, { ...arp, senderAddress: -1 })],
    ['targetAddress is -1;', (frame) => writeArp(frame, { ...arp, targetAddress: -1 })],
    ['srcMac has 5 bytes;', (frame) => writeArp(frame, { ...arp, srcMac: short })],
    ['dstMac has 5 bytes;', (frame) => writeArp(frame, { ...arp, dstMac: short })],
  ])('%s …', (expected, write) => {
    expect(refusal(write)).toContain(expected);
  });
});
