import { errno, isFluxError, Umem, Xsk } from 'fluxnet-core';
import { describe, expect, test } from 'vitest';
import type { FaultRates } from '../kernel/frame-faults.js';
import { frameOf, openPort } from '../testing/port.js';
import { pending, pushFill, pushTx, takeRx } from '../testing/rings.js';
import { corruptRing, type RingCorruption } from './corrupt-ring.js';
import { SimNetwork } from './sim-network.js';

const FRAMES = Array.from({ length: 20 }, (_, i) => frameOf(60 + i, i));

/** What the host gets of 20 frames that arrive with these faults, and how often they struck. */
async function received(receive: FaultRates, seed = 1) {
  const net = new SimNetwork({ seed });
  const eth0 = net.addInterface('eth0');
  eth0.setFaults({ receive });
  for (const frame of FRAMES) eth0.inject(frame);
  await net.run(10);
  return { frames: eth0.hostFrames, counters: eth0.faultCounters.receive! };
}

describe('every frame meets with it', () => {
  test('drop', async () => {
    const { frames, counters } = await received({ drop: 1 });
    expect([frames.length, counters.dropped]).toEqual([0, 20]);
  });

  test('duplicate', async () => {
    const { frames, counters } = await received({ duplicate: 1 });
    expect(frames).toEqual(FRAMES.flatMap((frame) => [frame, frame]));
    expect(counters.duplicated).toBe(20);
  });

  test('corrupt: one bit of each', async () => {
    const { frames, counters } = await received({ corrupt: 1 });
    expect(counters.corrupted).toBe(20);
    for (const [i, frame] of frames.entries()) {
      const bits = FRAMES[i]!.map((byte, at) => byte ^ frame[at]!);
      expect([...bits].join('').match(/[1-9]\d*/g)).toHaveLength(1);
      expect(bits.filter((byte) => byte !== 0 && (byte & (byte - 1)) === 0)).toHaveLength(1);
    }
  });

  test('truncate', async () => {
    const { frames, counters } = await received({ truncate: 1 });
    expect(counters.truncated).toBe(20);
    // Those that are shorter than a header are lost behind it.
    expect(frames.length).toBeGreaterThan(5);
    expect(frames.every(({ length }) => length < 80)).toBe(true);
  });

  test('reorder: each second one overtakes its predecessor', async () => {
    const { frames, counters } = await received({ reorder: 1 });
    const swapped = FRAMES.map((_, i) => FRAMES[i ^ 1]!);
    expect(frames).toEqual(swapped);
    expect(counters.reordered).toBe(10);
  });

  test('delay: later, some after others, none lost', async () => {
    const { frames, counters } = await received({ delay: 1, maxDelayMs: 5 });
    expect(counters.delayed).toBe(20);
    expect(frames).not.toEqual(FRAMES);
    const byLength = [...frames].sort((a, b) => a.length - b.length);
    expect(byLength).toEqual(FRAMES);
  });
});

test('a frame that is held back for the next one comes by itself when there is none', async () => {
  const net = new SimNetwork();
  const eth0 = net.addInterface('eth0');
  eth0.setFaults({ receive: { reorder: 1, reorderHoldMs: 2 } });
  eth0.inject(frameOf(64));
  await net.run(1.9);
  expect(eth0.hostFrames).toHaveLength(0);
  await net.run(0.2);
  expect(eth0.hostFrames).toHaveLength(1);
});

test('faults of what is sent, and none any more after they are taken back', async () => {
  const net = new SimNetwork();
  const eth0 = net.addInterface('eth0');
  const { socket } = openPort(net, 'eth0', { program: 'none' });
  eth0.setFaults({ send: { drop: 1 } });
  pushTx(socket.tx, { addr: 0, len: 64 });
  expect(socket.kick()).toBe(0); // The wire ate it: nobody knows.
  await net.run(1);
  expect(eth0.transmitted).toHaveLength(0);
  eth0.setFaults({});
  pushTx(socket.tx, { addr: 0, len: 64 });
  socket.kick();
  await net.run(1);
  expect(eth0.transmitted).toHaveLength(1);
  expect(eth0.faultCounters).toEqual({});
});

test('the same seed strikes the same frames, another seed others', async () => {
  const rates = { drop: 0.3, duplicate: 0.3, corrupt: 0.3 };
  const first = await received(rates, 7);
  expect(await received(rates, 7)).toEqual(first);
  expect(await received(rates, 8)).not.toEqual(first);
});

test('wrong rates are refused', () => {
  const eth0 = new SimNetwork().addInterface('eth0');
  expect(() => eth0.setFaults({ send: { drop: 1.1 } })).toThrow('FLUX_INVALID_OPTION');
  expect(() => eth0.setFaults({ send: { drip: 1 } as never })).toThrow('FLUX_UNKNOWN_OPTION');
  expect(() => eth0.setFaults({ rx: {} } as never)).toThrow('FLUX_UNKNOWN_OPTION');
});

describe('calls that fail on command', () => {
  test('so often, after so many, then as before', () => {
    const net = new SimNetwork();
    net.addInterface('eth0');
    const { socket } = openPort(net, 'eth0');
    net.failCalls('kick', errno.ENOBUFS, { after: 1, times: 2 });
    expect([1, 2, 3, 4].map(() => socket.kick())).toEqual([0, errno.ENOBUFS, errno.ENOBUFS, 0]);
    net.failCalls('wakeRx', errno.EINTR);
    net.clearFailures();
    expect(socket.wakeRx()).toBe(0);
    expect(() => net.failCalls('read' as never, -1)).toThrow('FLUX_INVALID_OPTION');
    expect(() => net.failCalls('kick', 5)).toThrow('FLUX_INVALID_OPTION');
  });

  test.each([
    ['openMemory', errno.ENOMEM, 'FLUX_NO_MEMORY'],
    ['openUmem', errno.ENOBUFS, 'FLUX_MEMLOCK'],
    ['openQueue', errno.ENOMEM, 'FLUX_NO_MEMORY'],
    ['openSocket', errno.EPERM, 'FLUX_PERMISSION'],
    ['bind', errno.EBUSY, 'FLUX_QUEUE_BUSY'],
    ['openProgram', errno.EPERM, 'FLUX_PERMISSION'],
    ['setSocket', errno.ENOSPC, 'FLUX_SYSCALL'],
  ] as const)('%s with %i throws %s', (call, code, fluxCode) => {
    const net = new SimNetwork();
    net.addInterface('eth0');
    net.failCalls(call, code);
    expect(() => openPort(net, 'eth0')).toThrow(
      expect.objectContaining({ code: fluxCode, errno: code }),
    );
  });

  test('a queue that is busy for a while is waited for', async () => {
    const net = new SimNetwork();
    net.addInterface('eth0');
    net.failCalls('bind', errno.EBUSY, { times: 3 });
    const opened = Umem.open(net.backend, { frameCount: 8 }).then((umem) =>
      Xsk.open(umem, { ifname: 'eth0' }),
    );
    await net.run(100);
    expect((await opened).closed).toBe(false);
  });
});

/** What core's rings notice of memory that somebody wrote over. */
describe('rings that are written over', () => {
  const open = async () => {
    const net = new SimNetwork();
    const eth0 = net.addInterface('eth0');
    const umem = await Umem.open(net.backend, { frameCount: 64 });
    const opening = Xsk.open(umem, { ifname: 'eth0', rxRingSize: 8, txRingSize: 8 });
    await net.run(1);
    return { net, eth0, umem, xsk: await opening };
  };

  test.each<RingCorruption>(['consumer-ahead', 'consumer-behind', 'indices'])(
    'TX %s is noticed when the ring is looked at again',
    async (how) => {
      const { xsk } = await open();
      expect(xsk.tx!.reserve(8)).toBe(8);
      corruptRing(xsk.socket.tx!, how);
      expect(xsk.tx!.reserve(1)).toBe(0);
      expect(xsk.tx!.corrupt).toBe(true);
    },
  );

  test.each<RingCorruption>(['producer-ahead', 'producer-behind'])(
    'RX %s is noticed before anything is taken',
    async (how) => {
      const { xsk } = await open();
      corruptRing(xsk.socket.rx!, how);
      expect(xsk.rx!.peek(4)).toBe(0);
      expect(xsk.rx!.corrupt).toBe(true);
    },
  );

  test('addresses of received packets are never taken at their word', async () => {
    const { xsk } = await open();
    const { rx } = xsk.socket;
    corruptRing(rx!, 'addresses');
    new Int32Array(rx!.buffer)[rx!.producerOffset >> 2] = 1;
    expect(xsk.rx!.peek(1)).toBe(1);
    expect(xsk.rx!.address(0)).toBeLessThan(0);
  });

  test('a producer that moved back is endless invalid descriptors, one per kick', () => {
    const net = new SimNetwork();
    net.addInterface('eth0');
    const { socket } = openPort(net, 'eth0', { program: 'none' });
    corruptRing(socket.tx!, 'producer-behind');
    expect([1, 2, 3].map(() => socket.kick())).toEqual([0, 0, 0]);
    expect(socket.statistics().txInvalidDescs).toBe(3);
  });
});

describe('the link', () => {
  test('flaps as often as said', async () => {
    const net = new SimNetwork();
    const eth0 = net.addInterface('eth0');
    const changes: string[] = [];
    net.backend.watchLinks?.(({ change }) =>
      changes.push(`${change} ${net.clock.now().toFixed(0)}`),
    );
    eth0.flap({ downMs: 10, upMs: 5, times: 2 });
    await net.run(100);
    expect(changes).toEqual(['no-carrier 0', 'carrier 10', 'no-carrier 15', 'carrier 25']);
  });

  test('goes away while somebody polls: nobody is woken, and the socket is dead', () => {
    const net = new SimNetwork();
    net.addInterface('eth0');
    const { socket } = openPort(net, 'eth0');
    const set = net.backend.openPollSet();
    set.add(socket, { readable: true, writable: false });
    net.clock.timer(5, () => net.removeInterface('eth0'));
    expect(set.wait(100)).toBe(0);
    expect(net.clock.now()).toBe(100);
    expect([socket.kick(), socket.socketError(), socket.socketError()]).toEqual([
      errno.ENXIO,
      errno.ENETDOWN,
      0,
    ]);
  });

  test('refuses what ethtool -L is refused', () => {
    const net = new SimNetwork();
    const eth0 = net.addInterface('eth0', { queueCount: 2, maxQueueCount: 4 });
    const { queue } = openPort(net, 'eth0', { queueId: 1, program: 'none' });
    const refused = expect.objectContaining({ code: 'FLUX_INVALID_OPTION', errno: errno.EINVAL });
    expect(() => eth0.setQueueCount(5)).toThrow(refused);
    expect(() => eth0.setQueueCount(0)).toThrow(refused);
    expect(() => eth0.setQueueCount(1)).toThrow(refused);
    eth0.setQueueCount(4);
    expect(net.backend.interfaceInfo('eth0').queueCount).toBe(4);
    queue.close();
    net.advance(20);
    eth0.setQueueCount(1);
    const error = (() => {
      try {
        openPort(net, 'eth0', { queueId: 1, program: 'none' });
      } catch (thrown) {
        return thrown;
      }
      return undefined;
    })();
    expect(isFluxError(error, 'FLUX_QUEUE_OUT_OF_RANGE')).toBe(true);
  });
});

test('conservation holds under every fault at once', async () => {
  const net = new SimNetwork({ seed: 11, publication: 'adversarial' });
  const eth0 = net.addInterface('eth0');
  const { queue, socket } = openPort(net, 'eth0', { rxRingSize: 8 });
  const rate = 0.1;
  eth0.setFaults({
    receive: {
      drop: rate,
      duplicate: rate,
      corrupt: rate,
      truncate: rate,
      reorder: rate,
      delay: rate,
    },
  });
  const free = Array.from({ length: 64 }, (_, i) => 2048 * i);
  let taken = 0;
  for (let i = 0; i < 2000; i++) {
    while (free.length > 0 && pending(queue.fill) < 64) pushFill(queue.fill, free.pop()!);
    eth0.inject(frameOf(60 + (i % 500), i));
    await net.run(0.005);
    if (net.random() < 0.6) continue;
    for (const { addr } of takeRx(socket.rx)) {
      free.push(addr - 256);
      taken++;
    }
  }
  await net.run(100);
  for (const { addr } of takeRx(socket.rx)) {
    free.push(addr - 256);
    taken++;
  }
  const { dropped, duplicated } = eth0.faultCounters.receive!;
  const { rxPackets, rxDropped } = eth0.counters;
  const stats = socket.statistics();
  expect(rxPackets + rxDropped).toBe(2000 - dropped + duplicated);
  expect(taken + stats.rxDropped + stats.rxRingFull).toBe(rxPackets);
  expect(new Set(free).size).toBe(free.length);
});
