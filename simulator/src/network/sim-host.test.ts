import {
  ArpOperation,
  parseIpv4,
  parseMac,
  writeArp,
  writeIcmpEcho,
  writeUdp,
} from 'fluxnet-proto';
import { expect, test } from 'vitest';
import { openPort } from '../testing/port.js';
import { pushFill, pushTx, takeRx } from '../testing/rings.js';
import type { SimHostOptions } from './sim-host.js';
import { SimNetwork } from './sim-network.js';

const ALL = parseMac('ff:ff:ff:ff:ff:ff');
const OURS = parseMac('02:00:00:00:00:aa');
const [srcAddress, dstAddress] = [parseIpv4('10.0.0.1'), parseIpv4('10.0.0.2')];

/** A port that talks to a host over the cable of a card, or over a veth pair. */
function setUp(kind: 'card' | 'veth', options: Partial<SimHostOptions> = {}) {
  const net = new SimNetwork();
  if (kind === 'card') net.addInterface('eth0');
  else net.addVethPair('eth0', 'eth1');
  const host = net.addHost(kind === 'card' ? 'eth0' : 'eth1', { address: '10.0.0.2', ...options });
  const { memory, queue, socket } = openPort(net, 'eth0');
  const bytes = new Uint8Array(memory.buffer);
  for (let i = 32; i < 64; i++) pushFill(queue.fill, 2048 * i);
  /** Sends a frame that is written into the memory, and gives what came back. */
  const ask = async (write: (frame: Uint8Array) => number, waitMs = 1) => {
    pushTx(socket.tx, { addr: 0, len: write(bytes.subarray(0, 2048)) });
    socket.kick();
    await net.run(waitMs);
    return takeRx(socket.rx).map(({ addr, len }) => bytes.slice(addr, addr + len));
  };
  return { net, host, ask };
}

test.each(['card', 'veth'] as const)('answers ARP, ICMP echo and UDP echo: %s', async (kind) => {
  const { host, ask } = setUp(kind);
  const [arp] = await ask((frame) =>
    writeArp(frame, {
      operation: ArpOperation.request,
      srcMac: OURS,
      dstMac: ALL,
      senderAddress: srcAddress,
      targetAddress: dstAddress,
    }),
  );
  const expected = new Uint8Array(42);
  writeArp(expected, {
    operation: ArpOperation.reply,
    srcMac: host.mac,
    dstMac: OURS,
    senderAddress: dstAddress,
    targetAddress: srcAddress,
  });
  expect(arp).toEqual(expected);

  const there = { srcMac: OURS, dstMac: host.mac, srcAddress, dstAddress };
  const back = { srcMac: host.mac, dstMac: OURS, srcAddress: dstAddress, dstAddress: srcAddress };
  const payload = Uint8Array.of(1, 2, 3, 4, 5);
  const echo = { identifier: 7, sequenceNumber: 9, payload };
  const [pong] = await ask((frame) => writeIcmpEcho(frame, { ...there, ...echo }));
  const expectedPong = new Uint8Array(47);
  writeIcmpEcho(expectedPong, { ...back, ...echo, type: 0 });
  expect(pong).toEqual(expectedPong);

  const udp = await ask((frame) =>
    writeUdp(frame, { ...there, srcPort: 5000, dstPort: 7, payload }),
  );
  const expectedUdp = new Uint8Array(47);
  writeUdp(expectedUdp, { ...back, srcPort: 7, dstPort: 5000, payload });
  expect(udp).toEqual([expectedUdp]);
  expect(host.counters).toMatchObject({ arpReplies: 1, icmpReplies: 1, udpReplies: 1, ignored: 0 });
});

test('ignores what is not for it, or broken, and never throws', async () => {
  const { host, ask } = setUp('card', { echoPorts: [9] });
  const there = { srcMac: OURS, dstMac: host.mac, srcAddress, dstAddress };
  const udp = { ...there, srcPort: 1, dstPort: 9, payload: Uint8Array.of(1) };
  const wrong: ((frame: Uint8Array) => number)[] = [
    (frame) => writeUdp(frame, { ...udp, dstPort: 7 }),
    (frame) => writeUdp(frame, { ...udp, dstAddress: srcAddress }),
    (frame) => writeUdp(frame, { ...udp, dstMac: OURS }),
    (frame) => {
      const length = writeUdp(frame, udp);
      frame[42]! ^= 1; // The checksum does not match.
      return length;
    },
    (frame) => writeIcmpEcho(frame, { ...there, type: 0, identifier: 1, sequenceNumber: 1 }),
    (frame) => frame.fill(0xff, 0, 60).fill(0, 60).length && 60,
  ];
  for (const write of wrong) expect(await ask(write)).toEqual([]);
  expect(host.counters).toMatchObject({ received: wrong.length, ignored: wrong.length });
  expect(await ask((frame) => writeUdp(frame, udp))).toHaveLength(1);
});

test('may be slow, dead, or gone', async () => {
  const { net, host, ask } = setUp('card', { replyDelayMs: 5 });
  const ping = (frame: Uint8Array) =>
    writeIcmpEcho(frame, {
      srcMac: OURS,
      dstMac: host.mac,
      srcAddress,
      dstAddress,
      identifier: 1,
      sequenceNumber: 1,
    });
  expect(await ask(ping, 4)).toHaveLength(0);
  expect(await ask(ping, 4)).toHaveLength(1);
  await net.run(10);
  host.dead = true;
  expect(await ask(ping, 20)).toHaveLength(1); // The answer to the second one, from before.
  expect(await ask(ping, 20)).toHaveLength(0);
  host.close();
  await ask(ping, 20);
  expect(host.counters.received).toBe(4);
});
