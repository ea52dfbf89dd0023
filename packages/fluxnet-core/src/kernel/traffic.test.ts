import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hasKernel, makeVethPair, type VethPair } from '../../../../test/support/kernel.js';
import type { Program } from '../contract/program.js';
import { errno } from '../errno.js';
import { Umem } from '../umem.js';
import { Xsk } from '../xsk.js';
import { kernelBackend } from './kernel-backend.js';

const LENGTH = 60;

/** Fills a frame with an experimental EtherType and a number that says which one it is. */
function write(umem: Umem, address: number, number: number): void {
  umem.bytes.fill(0, address, address + LENGTH);
  umem.view.setUint16(address + 12, 0x88b5);
  umem.view.setUint32(address + 14, number);
}

/** Sends frames numbered from `first`, as many as fit, and takes all completions. */
function send(xsk: Xsk, first: number, count: number): number {
  const { umem, completion } = xsk;
  const tx = xsk.tx!;
  const granted = tx.reserve(Math.min(count, umem.frames.free));
  for (let i = 0; i < granted; i++) {
    const address = umem.frames.take();
    write(umem, address, first + i);
    tx.setDescriptor(i, address, LENGTH, 0);
  }
  tx.submit(granted);
  let result: number;
  do {
    result = xsk.socket.kick();
    const done = completion.peek(completion.size);
    for (let i = 0; i < done; i++) umem.frames.give(completion.address(i));
    completion.release(done);
  } while (result === errno.EAGAIN);
  expect(result).toBe(0);
  return granted;
}

function fill(xsk: Xsk, count: number): void {
  const granted = xsk.fill.reserve(Math.min(count, xsk.umem.frames.free));
  for (let i = 0; i < granted; i++) xsk.fill.setAddress(i, xsk.umem.frames.take());
  xsk.fill.submit(granted);
}

/** Takes what was received, refills as much, and returns the numbers in the frames. */
function receive(xsk: Xsk): number[] {
  const { umem } = xsk;
  const rx = xsk.rx!;
  const count = rx.peek(rx.size);
  const numbers: number[] = [];
  for (let i = 0; i < count; i++) {
    expect(rx.length(i)).toBe(LENGTH);
    numbers.push(umem.view.getUint32(rx.address(i) + 14));
    umem.frames.give(rx.address(i));
  }
  rx.release(count);
  fill(xsk, count);
  return numbers;
}

describe.runIf(hasKernel)('[kernel] traffic over veth', () => {
  let pair: VethPair;
  const opened: { close(): void }[] = [];
  const keep = <T extends { close(): void }>(object: T): T => {
    opened.push(object);
    return object;
  };

  beforeEach(() => {
    pair = makeVethPair();
  });

  afterEach(() => {
    for (const object of opened.splice(0).reverse()) object.close();
    pair.remove();
  });

  async function port(ifname: string, options: { ringSize?: number } = {}): Promise<Xsk> {
    const umem = keep(await Umem.open(kernelBackend, { frameCount: 256 }));
    const size = options.ringSize ?? 64;
    return Xsk.open(umem, {
      ifname,
      rxRingSize: size,
      txRingSize: size,
      fillRingSize: size,
      completionRingSize: size,
    });
  }

  function attach(xsk: Xsk, attachMode: 'native' | 'generic'): Program {
    const { ifname } = xsk.queue;
    const source = { kind: 'redirect' } as const;
    const program = keep(kernelBackend.openProgram({ ifname, attachMode, maxQueues: 1, source }));
    program.setSocket(xsk.socket);
    return program;
  }

  it.each(['native', 'generic'] as const)(
    'arrives whole and in order, rings wrapping many times (%s)',
    async (attachMode) => {
      const sender = await port(pair.a);
      const receiver = await port(pair.b);
      const program = attach(receiver, attachMode);
      expect(program.attachMode).toBe(attachMode);
      fill(receiver, 64);
      const total = 1000;
      const received: number[] = [];
      for (let sent = 0; sent < total; ) {
        sent += send(sender, sent, Math.min(32, total - sent));
        const limit = performance.now() + 1000;
        while (received.length < sent && performance.now() < limit) {
          received.push(...receive(receiver));
        }
      }
      expect(received).toEqual(Array.from({ length: total }, (_, i) => i));
      expect(program.counters()).toEqual({ redirected: total, passed: 0 });
      expect(sender.socket.statistics()).toMatchObject({ txInvalidDescs: 0 });
      expect(receiver.socket.statistics()).toMatchObject({ rxDropped: 0, rxRingFull: 0 });
      expect(sender.umem.frames.free).toBe(256);
      expect(receiver.umem.frames.free).toBe(256 - 64);
    },
  );

  it('counts what finds no fill entry and no room in the RX ring', async () => {
    const sender = await port(pair.a);
    const receiver = await port(pair.b, { ringSize: 4 });
    attach(receiver, 'native');
    send(sender, 0, 3);
    await kernelBackend.clock.sleep(20);
    expect(receiver.socket.statistics()).toMatchObject({ rxDropped: 3, rxFillRingEmptyDescs: 3 });
    fill(receiver, 4);
    send(sender, 0, 4);
    await kernelBackend.clock.sleep(20);
    fill(receiver, 4);
    send(sender, 4, 3);
    await kernelBackend.clock.sleep(20);
    expect(receiver.socket.statistics()).toMatchObject({ rxDropped: 3, rxRingFull: 3 });
    expect(receive(receiver)).toEqual([0, 1, 2, 3]);
  });

  it('passes frames to the host while no socket is set', async () => {
    const sender = await port(pair.a);
    const receiver = await port(pair.b);
    const program = attach(receiver, 'native');
    fill(receiver, 16);
    program.clearSocket(0);
    send(sender, 0, 5);
    await kernelBackend.clock.sleep(20);
    expect(program.counters()).toEqual({ redirected: 0, passed: 5 });
    program.setSocket(receiver.socket);
    send(sender, 5, 5);
    await kernelBackend.clock.sleep(20);
    expect(program.counters()).toEqual({ redirected: 5, passed: 5 });
    expect(receive(receiver)).toEqual([5, 6, 7, 8, 9]);
  });

  it('passes frames to the host when the socket was closed and its queue was not', async () => {
    const sender = await port(pair.a);
    const receiver = await port(pair.b);
    const program = attach(receiver, 'native');
    fill(receiver, 16);
    receiver.socket.close();
    send(sender, 0, 2);
    await kernelBackend.clock.sleep(20);
    expect(program.counters()).toEqual({ redirected: 0, passed: 2 });
  });

  it('forwards between two interfaces over one memory, without copying', async () => {
    const second = makeVethPair();
    try {
      const sender = await port(pair.a);
      const last = await port(second.b);
      const umem = keep(await Umem.open(kernelBackend, { frameCount: 64 }));
      const inside = await Xsk.open(umem, { ifname: pair.b });
      const outside = await Xsk.open(umem, { ifname: second.a });
      attach(inside, 'native');
      attach(last, 'native');
      fill(inside, 32);
      fill(last, 32);
      send(sender, 100, 3);
      await kernelBackend.clock.sleep(20);
      expect(inside.rx!.peek(8)).toBe(3);
      expect(outside.tx!.reserve(3)).toBe(3);
      const addresses = [0, 1, 2].map((i) => inside.rx!.address(i));
      addresses.forEach((address, i) => {
        outside.tx!.setDescriptor(i, address, inside.rx!.length(i), 0);
      });
      inside.rx!.release(3);
      outside.tx!.submit(3);
      expect(outside.socket.kick()).toBe(0);
      await kernelBackend.clock.sleep(20);
      expect(receive(last)).toEqual([100, 101, 102]);
      expect(outside.completion.peek(8)).toBe(3);
      expect([0, 1, 2].map((i) => outside.completion.address(i))).toEqual(addresses);
      umem.close();
    } finally {
      for (const object of opened.splice(0).reverse()) object.close();
      second.remove();
    }
  });

  it('reports that the interface is down, and goes on when it is up again', async () => {
    const sender = await port(pair.a);
    const { ip } = await import('../../../../test/support/kernel.js');
    ip(`link set ${pair.a} down`);
    expect(sender.socket.kick()).toBe(errno.ENETDOWN);
    ip(`link set ${pair.a} up`);
    expect(sender.socket.kick()).toBe(0);
  });

  it('reports that the interface was removed', async () => {
    const sender = await port(pair.a);
    pair.remove();
    expect(sender.socket.kick()).toBe(errno.ENXIO);
    expect(sender.socket.socketError()).toBe(errno.ENETDOWN);
    expect(sender.socket.socketError()).toBe(0);
    pair = makeVethPair();
  });
});
