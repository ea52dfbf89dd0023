import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hasKernel, makeVethPair, type VethPair } from '../../../../test/support/kernel.js';
import type { SteeringOptions } from '../contract/steering.js';
import { errno } from '../errno.js';
import type { SteeringRule } from '../steering/rule.js';
import { Umem } from '../umem.js';
import { Xsk } from '../xsk.js';
import { kernelBackend } from './kernel-backend.js';

const LENGTH = 60;
const TCP = 6;
const UDP = 17;

/** Ethernet, IPv4 without options, and ports. */
function write(umem: Umem, at: number, protocol: number, source: number, dstPort: number): void {
  umem.bytes.fill(0, at, at + LENGTH);
  umem.view.setUint16(at + 12, 0x0800);
  umem.view.setUint8(at + 14, 0x45);
  umem.view.setUint8(at + 23, protocol);
  umem.view.setUint32(at + 26, source);
  umem.view.setUint16(at + 36, dstPort);
}

describe.runIf(hasKernel)('[kernel] steering over veth', () => {
  let pair: VethPair;
  let sender: Xsk;
  let receiver: Xsk;
  const opened: { close(): void }[] = [];
  const keep = <T extends { close(): void }>(object: T): T => {
    opened.push(object);
    return object;
  };

  beforeEach(async () => {
    pair = makeVethPair();
    const port = async (ifname: string) => {
      const umem = keep(await Umem.open(kernelBackend, { frameCount: 1024 }));
      return Xsk.open(umem, { ifname, rxRingSize: 512, txRingSize: 512 });
    };
    sender = await port(pair.a);
    receiver = await port(pair.b);
    const { fill, umem } = receiver;
    const granted = fill.reserve(512);
    for (let i = 0; i < granted; i++) fill.setAddress(i, umem.frames.take());
    fill.submit(granted);
  });

  afterEach(() => {
    for (const object of opened.splice(0).reverse()) object.close();
    pair.remove();
  });

  function steer(options: SteeringOptions, withSocket = true) {
    const source = { kind: 'steering' as const, ...options };
    const program = keep(
      kernelBackend.openProgram({ ifname: pair.b, attachMode: 'auto', maxQueues: 1, source }),
    );
    if (withSocket) program.setSocket(receiver.socket);
    return program.steering!;
  }

  function send(count: number, protocol: number, source: number, dstPort: number): void {
    const { umem, completion } = sender;
    const tx = sender.tx!;
    const granted = tx.reserve(count);
    for (let i = 0; i < granted; i++) {
      const address = umem.frames.take();
      write(umem, address, protocol, source, dstPort);
      tx.setDescriptor(i, address, LENGTH, 0);
    }
    tx.submit(granted);
    expect(granted).toBe(count);
    let result: number;
    do {
      result = sender.socket.kick();
      const done = completion.peek(completion.size);
      for (let i = 0; i < done; i++) umem.frames.give(completion.address(i));
      completion.release(done);
    } while (result === errno.EAGAIN);
    expect(result).toBe(0);
  }

  /** Takes packets until `count` are there or a second is over, and gives the frames back. */
  async function receive(count: number): Promise<number> {
    const { fill } = receiver;
    const rx = receiver.rx!;
    let received = 0;
    for (const limit = performance.now() + 1000; performance.now() < limit; ) {
      const found = rx.peek(rx.size);
      const granted = fill.reserve(found);
      for (let i = 0; i < granted; i++) fill.setAddress(i, rx.address(i) & ~4095);
      fill.submit(granted);
      rx.release(found);
      received += found;
      if (received >= count) break;
      await kernelBackend.clock.sleep(1);
    }
    return received;
  }

  it('sends to the socket what a rule takes, and counts what becomes of every packet', async () => {
    const steering = steer({
      rules: [
        { name: 'dns', action: 'socket', protocol: 'udp', dstPort: 53 },
        { name: 'ssh', action: 'host', protocol: 'tcp', dstPort: 22 },
      ],
      defaultAction: 'drop',
    });
    send(10, UDP, 0x0a000001, 53);
    send(7, TCP, 0x0a000001, 22);
    send(5, UDP, 0x0a000001, 54);
    expect(await receive(11)).toBe(10);
    const bytes = (packets: number) => ({ packets, bytes: packets * LENGTH });
    expect(steering.counters()).toMatchObject({
      rules: [
        { name: 'dns', seen: 10, ...bytes(10) },
        { name: 'ssh', seen: 7, ...bytes(7) },
      ],
      default: bytes(5),
      queues: [{ socket: bytes(10), host: bytes(7), drop: bytes(5), unbound: bytes(0) }],
    });
  });

  it('passes to the host what is meant for a socket that is not there', async () => {
    const steering = steer({ defaultAction: 'socket' }, false);
    send(4, UDP, 0x0a000001, 53);
    await expect.poll(() => steering.counters().queues[0]!.unbound.packets).toBe(4);
    expect(await receive(1)).toBe(0);
  });

  it('lets a rule that samples take one of so many', async () => {
    const steering = steer({
      rules: [{ action: 'socket', sample: 5, protocol: 'udp' }],
      defaultAction: 'drop',
    });
    send(100, UDP, 0x0a000001, 53);
    // Every CPU takes its first: with one CPU 20, with two 20 or 21.
    const taken = await receive(22);
    expect(taken).toBeGreaterThanOrEqual(20);
    expect(taken).toBeLessThanOrEqual(22);
    expect(steering.counters().rules[0]).toMatchObject({ seen: 100, packets: taken });
  });

  it('drops blocked sources and lets the more specific exception pass', async () => {
    const steering = steer({ defaultAction: 'socket' });
    expect(await steering.block(['10.0.0.0/8', '2001:db8::/32'])).toBe(2);
    expect(await steering.allow(['10.0.0.2'])).toBe(1);
    send(6, UDP, 0x0a000001, 53);
    send(3, UDP, 0x0a000002, 53);
    expect(await receive(4)).toBe(3);
    expect(steering.counters().sets).toMatchObject({
      blocked: { v4: { packets: 6 }, v6: { packets: 0 } },
      allowed: { v4: { packets: 3 } },
    });
    expect(await steering.unblock(['10.0.0.0/8', '10.9.9.9'])).toBe(1);
    send(6, UDP, 0x0a000001, 53);
    expect(await receive(7)).toBe(6);
  });

  it('goes on receiving while lists are replaced', async () => {
    // In either list every packet has a rule, at another place; the default would drop it.
    const wanted: SteeringRule = { action: 'socket', protocol: 'udp', dstPort: 7 };
    const other = (i: number): SteeringRule => ({
      action: 'drop',
      src: `192.168.${i >> 8}.${i & 255}`,
      dstPort: 1000 + i,
    });
    const lists = [
      [wanted],
      [...Array.from({ length: 200 }, (_, i) => other(i)), wanted],
      [...Array.from({ length: 77 }, (_, i) => other(i + 200)), wanted, other(1)],
    ];
    const steering = steer({ rules: lists[0]!, defaultAction: 'drop', maxRules: 256 });
    let sent = 0;
    let received = 0;
    for (let round = 1; round <= 30; round++) {
      const change = steering.set(lists[round % lists.length]!);
      let pending = true;
      void change.finally(() => {
        pending = false;
      });
      do {
        send(32, UDP, 0x0a000001, 7);
        sent += 32;
        received += await receive(32);
        // The kernel's answer comes by the event loop.
        await new Promise((resolve) => setImmediate(resolve));
      } while (pending);
      await change;
    }
    expect(received).toBe(sent);
    expect(steering.counters()).toMatchObject({
      default: { packets: 0 },
      queues: [{ socket: { packets: sent }, drop: { packets: 0 } }],
    });
  });

  it('refuses rules and prefixes that are more than it was opened for', async () => {
    const steering = steer({ maxRules: 1, maxPrefixes: 2 });
    const many = Array.from({ length: 2000 }, (_, i): SteeringRule => {
      return { action: 'drop', src: `10.0.${i >> 8}.${i & 255}`, dst: `11.0.${i >> 8}.${i & 255}` };
    });
    await expect(steering.set(many)).rejects.toMatchObject({ code: 'FLUX_STEERING_CAPACITY' });
    await expect(steering.block(['10.0.0.1', '10.0.0.2', '10.0.0.3'])).rejects.toMatchObject({
      code: 'FLUX_STEERING_CAPACITY',
    });
    await expect(steering.block(['10.0.0.1/8'])).rejects.toMatchObject({
      code: 'FLUX_INVALID_OPTION',
      context: { path: 'prefixes[0]', value: '10.0.0.1/8' },
    });
    expect(() => steer({ rules: [{ action: 'nowhere' } as never] })).toThrow(
      /rules\[0\]\.action is "nowhere"/,
    );
    expect(() => steer({ rules: null as never })).toThrow(/rules is undefined, allowed: a list/);
  });

  it.runIf(process.env.FLUXNET_FULL === '1')(
    'loads a million prefixes, and they work [full]',
    async () => {
      const steering = steer({ defaultAction: 'socket' });
      const prefixes = Array.from(
        { length: 1_000_000 },
        (_, i) => `${20 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}.0/24`,
      );
      const done: number[] = [];
      expect(await steering.block(prefixes, { onProgress: (n) => done.push(n) })).toBe(1_000_000);
      expect(done.length).toBeGreaterThan(100);
      send(5, UDP, 0x14000001, 1);
      send(4, UDP, 0x13000001, 1);
      expect(await receive(5)).toBe(4);
    },
    120_000,
  );
});
