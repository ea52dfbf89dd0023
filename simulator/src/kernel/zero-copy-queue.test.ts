import { errno } from 'fluxnet-core';
import { describe, expect, test } from 'vitest';
import { SimNetwork } from '../network/sim-network.js';
import { COPY, frameOf, openPort, type PortOptions } from '../testing/port.js';
import { flags, pending, pushFill, pushTx, takeCompletions, takeRx } from '../testing/rings.js';

function setUp(options: PortOptions = {}, mtu = 1500) {
  const net = new SimNetwork({ seed: 3 });
  const eth0 = net.addInterface('eth0', { zeroCopy: true, mtu });
  const port = openPort(net, 'eth0', {
    chunkSize: 4096,
    ...options,
    bind: { copyMode: 'zerocopy', ...options.bind },
  });
  return { net, eth0, ...port };
}

test('a driver that runs dry says so and waits until it is woken', async () => {
  const { net, eth0, queue, socket } = setUp();
  expect(socket.zeroCopy).toBe(true);
  expect(socket.getOption(283, 8)).toBe(1);
  expect(flags(queue.fill)).toBe(1); // Bound with an empty fill ring.
  pushFill(queue.fill, 0, 4096);
  eth0.inject(frameOf(64));
  expect(pending(socket.rx!)).toBe(0);
  expect(eth0.counters.rxDropped).toBe(1);

  expect(socket.wakeRx()).toBe(0);
  await net.run(0.01);
  expect([flags(queue.fill), pending(queue.fill)]).toEqual([0, 0]);
  eth0.inject(frameOf(64, 1));
  expect(flags(queue.fill)).toBe(0);
  eth0.inject(frameOf(64, 2));
  expect(flags(queue.fill)).toBe(1);
  eth0.inject(frameOf(64, 3));
  const taken = takeRx(socket.rx);
  expect(taken.map(({ len }) => len)).toEqual([64, 64]);
  expect(new Set(taken.map(({ addr }) => addr))).toEqual(new Set([256, 4096 + 256]));
  expect(socket.statistics().rxDropped).toBe(0);
});

test('poll wakes it, too', async () => {
  const { net, eth0, queue, socket, memory } = setUp();
  pushFill(queue.fill, 8192);
  const set = net.backend.openPollSet();
  set.add(socket, { readable: true, writable: false });
  net.clock.timer(1, () => eth0.inject(frameOf(70, 9)));
  expect(set.wait(10)).toBe(1);
  const [received] = takeRx(socket.rx);
  expect(new Uint8Array(memory.buffer, received!.addr, 70)).toEqual(frameOf(70, 9));
});

test('without need-wakeup the driver looks by itself', () => {
  const { eth0, queue, socket } = setUp({ bind: { needWakeup: false } });
  pushFill(queue.fill, 0);
  eth0.inject(frameOf(64));
  expect(pending(socket.rx!)).toBe(1);
  expect(flags(queue.fill)).toBe(0);
});

test('a kick wakes the driver, which sends later and clears the flag while it runs', async () => {
  const { net, eth0, queue, socket } = setUp();
  const sent: number[] = [];
  eth0.onTransmit((frame) => sent.push(frame.length));
  for (let i = 0; i < 40; i++) pushTx(socket.tx, { addr: 4096 * i, len: 60 + i });
  expect(flags(socket.tx!)).toBe(1);
  expect(socket.kick()).toBe(0);
  expect([flags(socket.tx!), pending(socket.tx!)]).toEqual([0, 40]);
  await net.run(0.1);
  expect([flags(socket.tx!), pending(socket.tx!)]).toEqual([1, 0]);
  expect(sent).toEqual(Array.from({ length: 40 }, (_, i) => 60 + i));
  expect(pending(queue.completion)).toBe(40);
});

test('completions may come late and in another order, each once', async () => {
  const { net, eth0, queue, socket } = setUp();
  eth0.setCompletions({ delayUs: 50, shuffle: true });
  const addresses = Array.from({ length: 30 }, (_, i) => 4096 * i);
  pushTx(socket.tx, ...addresses.map((addr) => ({ addr, len: 64 })));
  socket.kick();
  await net.run(0.02);
  expect([pending(socket.tx!), pending(queue.completion)]).toEqual([0, 0]);
  await net.run(0.1);
  const completed = takeCompletions(queue.completion).map(Number);
  expect(completed).not.toEqual(addresses);
  expect([...completed].sort((a, b) => a - b)).toEqual(addresses);
});

test('a full completion ring holds the rest back until it is taken', async () => {
  const { net, queue, socket } = setUp({ completionRingSize: 4 });
  for (let i = 0; i < 10; i++) pushTx(socket.tx, { addr: 4096 * i, len: 64 });
  socket.kick();
  await net.run(0.1);
  expect([pending(queue.completion), pending(socket.tx!)]).toEqual([4, 6]);
  takeCompletions(queue.completion);
  socket.kick();
  await net.run(0.1);
  expect([pending(queue.completion), pending(socket.tx!)]).toEqual([4, 2]);
});

test('two sockets of a queue take turns of 32', async () => {
  const { net, eth0, queue, socket } = setUp({ completionRingSize: 256, chunks: 256 });
  const second = net.backend.openSocket(queue, { rxRingSize: 0, txRingSize: 64 });
  second.bind(COPY);
  const sent: number[] = [];
  eth0.onTransmit((frame) => sent.push(frame.length));
  for (let i = 0; i < 40; i++) {
    pushTx(socket.tx, { addr: 0, len: 100 });
    pushTx(second.tx, { addr: 0, len: 200 });
  }
  socket.kick();
  await net.run(0.1);
  const turns = (length: number, count: number) => Array.from({ length: count }, () => length);
  expect(sent).toEqual([...turns(100, 32), ...turns(200, 32), ...turns(100, 8), ...turns(200, 8)]);
});

describe('what zero-copy asks for', () => {
  test('a frame that holds the MTU', () => {
    const bind = (copyMode: 'auto' | 'zerocopy', multiBuffer: boolean) =>
      setUp({ bind: { copyMode, multiBuffer } }, 9000).socket;
    expect(() => bind('zerocopy', false)).toThrow(
      expect.objectContaining({ code: 'FLUX_INVALID_OPTION', errno: errno.EINVAL }),
    );
    expect(bind('auto', false).zeroCopy).toBe(false);
    expect(bind('zerocopy', true).zeroCopy).toBe(true);
  });

  test('several segments, where packets have several buffers', () => {
    const net = new SimNetwork();
    net.addInterface('eth0', { zeroCopy: true, zeroCopyMaxSegments: 1 });
    const bind = { copyMode: 'zerocopy', multiBuffer: true } as const;
    expect(() => openPort(net, 'eth0', { chunkSize: 4096, bind })).toThrow('EOPNOTSUPP');
  });

  test('frames of several buffers, each less than in copy mode', () => {
    const { eth0, queue, socket } = setUp({ bind: { multiBuffer: true, needWakeup: false } }, 9000);
    pushFill(queue.fill, 0, 4096, 8192);
    eth0.inject(frameOf(9000));
    expect(takeRx(socket.rx).map(({ len }) => len)).toEqual([3456, 3456, 2088]);
  });
});
