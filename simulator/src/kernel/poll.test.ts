import { describe, expect, test } from 'vitest';
import { SimNetwork } from '../network/sim-network.js';
import { frameOf, openPort } from '../testing/port.js';
import { pending, pushFill, pushTx, takeRx } from '../testing/rings.js';

const READABLE = { readable: true, writable: false };
const WRITABLE = { readable: false, writable: true };

function setUp(options: Parameters<typeof openPort>[2] = {}) {
  const net = new SimNetwork();
  const eth0 = net.addInterface('eth0');
  const port = openPort(net, 'eth0', options);
  pushFill(port.queue.fill, 0, 2048, 4096);
  return { net, eth0, clock: net.clock, ...port };
}

describe('watch', () => {
  test('calls once, in a turn of its own, when a frame arrives', async () => {
    const { net, eth0, socket, clock } = setUp();
    const calls: number[] = [];
    socket.watch(READABLE, () => calls.push(clock.now()));
    await net.run(5);
    expect(calls).toEqual([]);
    eth0.inject(frameOf(64));
    expect(calls).toEqual([]);
    eth0.inject(frameOf(64));
    await net.run(5);
    expect(calls).toEqual([5.001]);
  });

  test('calls at once when the socket is ready already', async () => {
    const { net, eth0, socket } = setUp();
    eth0.inject(frameOf(64));
    let calls = 0;
    socket.watch(READABLE, () => calls++);
    expect(await net.runUntil(() => calls === 1, { limitMs: 1 })).toBe(true);
  });

  test('is replaced by a newer one and forgotten by unwatch and close', async () => {
    const { net, eth0, socket } = setUp();
    const calls: string[] = [];
    socket.watch(READABLE, () => calls.push('first'));
    socket.watch(READABLE, () => calls.push('second'));
    eth0.inject(frameOf(64));
    await net.run(1);
    socket.watch(READABLE, () => calls.push('third'));
    socket.unwatch();
    socket.watch(READABLE, () => calls.push('fourth'));
    socket.close();
    await net.run(1);
    expect(calls).toEqual(['second']);
  });

  test('a paused consumer that watches again lets time pass', async () => {
    const { net, eth0, socket } = setUp();
    eth0.inject(frameOf(64));
    let calls = 0;
    const again = () => {
      calls++;
      socket.watch(READABLE, again);
    };
    again();
    await net.run(0.01);
    expect(calls).toBe(11);
  });

  test('transmits, as poll does', async () => {
    const { net, eth0, socket } = setUp();
    pushTx(socket.tx, { addr: 0, len: 64 });
    let calls = 0;
    socket.watch(WRITABLE, () => calls++);
    await net.run(1);
    expect(calls).toBe(1);
    expect(eth0.counters.txPackets).toBe(1);
  });

  test('lets code that awaits readiness run', async () => {
    const { net, eth0, socket } = setUp();
    const lengths: number[] = [];
    const receive = async () => {
      while (lengths.length < 3) {
        await new Promise<void>((resolve) => socket.watch(READABLE, resolve));
        for (const { len } of takeRx(socket.rx)) lengths.push(len);
      }
      return net.clock.now();
    };
    const finished = receive();
    for (let i = 1; i <= 3; i++) net.clock.timer(i, () => eth0.inject(frameOf(60 + i)));
    expect(await net.runUntil(() => lengths.length === 3, { limitMs: 10 })).toBe(true);
    expect(lengths).toEqual([61, 62, 63]);
    expect(await finished).toBe(3.001);
  });
});

describe('writable means that at most half of the TX ring is in use', () => {
  test.each([
    [8, 4, true],
    [8, 5, false],
    [1, 0, true],
    [1, 1, false],
  ])('ring of %i with %i pending: %s', (txRingSize, queued, writable) => {
    const { net, socket, queue } = setUp({ txRingSize, completionRingSize: 1 });
    // The completion ring is full, so nothing more is transmitted.
    pushTx(socket.tx, { addr: 0, len: 64 });
    socket.kick();
    expect(pending(queue.completion)).toBe(1);
    for (let i = 0; i < queued; i++) pushTx(socket.tx, { addr: 0, len: 64 });
    const set = net.backend.openPollSet();
    const index = set.add(socket, WRITABLE);
    expect(set.wait(0)).toBe(writable ? 1 : 0);
    expect(set.writable(index)).toBe(writable);
  });
});

describe('poll set', () => {
  test('sleeps in virtual time until a frame arrives', () => {
    const { net, eth0, socket, clock } = setUp();
    const set = net.backend.openPollSet();
    expect(set.add(socket, READABLE)).toBe(0);
    clock.timer(3, () => eth0.inject(frameOf(64)));
    expect(set.wait(-1)).toBe(1);
    expect(clock.now()).toBe(3);
    expect([set.readable(0), set.writable(0), set.readable(7)]).toEqual([true, false, false]);
    // Level-triggered: still there.
    expect(set.wait(100)).toBe(1);
    expect(clock.now()).toBe(3);
    takeRx(socket.rx);
    expect(set.wait(100)).toBe(0);
    expect(clock.now()).toBe(103);
    expect(set.readable(0)).toBe(false);
  });

  test('an idle socket that can send is writable at once', () => {
    const { net, socket } = setUp();
    const set = net.backend.openPollSet();
    set.add(socket, READABLE);
    expect(set.add(socket, { readable: true, writable: true })).toBe(0);
    expect(set.wait(-1)).toBe(1);
    expect([set.readable(0), set.writable(0)]).toEqual([false, true]);
  });

  test('an interrupt ends the current wait, or the next one, once', () => {
    const { net, socket, clock } = setUp();
    const set = net.backend.openPollSet();
    set.add(socket, READABLE);
    clock.timer(2, () => net.backend.interrupt(set.interruptToken));
    expect(set.wait(-1)).toBe(0);
    expect(clock.now()).toBe(2);
    set.interrupt();
    expect(set.wait(5)).toBe(0);
    expect(clock.now()).toBe(2);
    expect(set.wait(5)).toBe(0);
    expect(clock.now()).toBe(7);
  });

  test('an interrupted wait still tells which sockets are ready', () => {
    const { net, eth0, socket } = setUp();
    const set = net.backend.openPollSet();
    set.add(socket, READABLE);
    eth0.inject(frameOf(64));
    set.interrupt();
    expect(set.wait(-1)).toBe(1);
    takeRx(socket.rx);
    expect(set.wait(1)).toBe(0);
    expect(net.clock.now()).toBe(1);
  });

  test('reports how many of several sockets are ready', () => {
    const net = new SimNetwork();
    const names = ['a', 'b', 'c'];
    const set = net.backend.openPollSet();
    for (const name of names) {
      const wire = net.addInterface(name);
      const { socket, queue } = openPort(net, name);
      pushFill(queue.fill, 0);
      set.add(socket, READABLE);
      if (name !== 'b') wire.inject(frameOf(64));
    }
    expect(set.wait(1)).toBe(2);
    expect(names.map((_, i) => set.readable(i))).toEqual([true, false, true]);
  });

  test('an interface that is down makes nothing ready', () => {
    const { net, eth0, socket } = setUp();
    eth0.inject(frameOf(64));
    eth0.setUp(false);
    const set = net.backend.openPollSet();
    set.add(socket, { readable: true, writable: true });
    expect(set.wait(1)).toBe(0);
    eth0.setUp(true);
    expect(set.wait(1)).toBe(1);
  });

  test('ignores a socket that was closed', () => {
    const { net, socket } = setUp();
    const set = net.backend.openPollSet();
    set.add(socket, READABLE);
    socket.close();
    expect(set.wait(1)).toBe(0);
  });

  test('a wait that nothing can end is an error, not a hang', () => {
    const { net, socket } = setUp();
    const set = net.backend.openPollSet();
    set.add(socket, READABLE);
    expect(() => set.wait(-1)).toThrow('nothing is scheduled');
  });
});
