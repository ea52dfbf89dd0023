import { errno, type Socket } from 'fluxnet-core';
import { describe, expect, test } from 'vitest';
import { SimNetwork } from '../network/sim-network.js';
import { COPY, frameOf } from '../testing/port.js';
import { consumer, producer, pushFill, pushTx, takeRx } from '../testing/rings.js';

function setUp(options = {}) {
  const net = new SimNetwork(options);
  net.addInterface('eth0', { queueCount: 2 });
  net.addInterface('eth1');
  const { backend } = net;
  const memory = backend.openMemory({ size: 65536, pages: 'auto' });
  const register = () =>
    backend.openUmem(memory, { chunkSize: 2048, frameHeadroom: 0, unaligned: false });
  const umem = register();
  const openQueue = (ifname: string, queueId = 0, fillRingSize = 8, registration = umem) =>
    backend.openQueue(registration, { ifname, queueId, fillRingSize, completionRingSize: 8 });
  const openSocket = (ifname: string, queueId = 0) =>
    backend.openSocket(openQueue(ifname, queueId), { rxRingSize: 8, txRingSize: 8 });
  /** On a registration of its own. */
  const openStranger = (ifname: string) =>
    backend.openSocket(openQueue(ifname, 0, 8, register()), { rxRingSize: 8, txRingSize: 8 });
  return { net, backend, memory, umem, openQueue, openSocket, openStranger };
}

describe('opening', () => {
  test.each([
    ['size', { size: 0, pages: 'auto' }],
    ['size', { size: 2 ** 31 + 1, pages: 'auto' }],
    ['size', { size: 1.5, pages: 'auto' }],
    ['pages', { size: 4096, pages: '2m' }],
  ])('memory with a bad %s', (path, options) => {
    const { backend } = setUp();
    expect(() => backend.openMemory(options as never)).toThrow(
      expect.objectContaining({
        code: 'FLUX_INVALID_OPTION',
        context: expect.objectContaining({ path }),
      }),
    );
  });

  test('memory is rounded up to pages, and huge pages are refused', () => {
    const { backend } = setUp();
    const memory = backend.openMemory({ size: 4097, pages: 'auto' });
    expect([memory.size, memory.buffer.byteLength, memory.pages]).toEqual([8192, 8192, '4k']);
    expect([memory.hugeBytes, memory.numaNode]).toEqual([0, undefined]);
    for (const pages of ['hugetlb1g', 'hugetlb2m', 'thp'] as const) {
      expect(() => backend.openMemory({ size: 4096, pages })).toThrow(
        expect.objectContaining({ code: 'FLUX_UNSUPPORTED' }),
      );
    }
    expect(() => backend.openMemory({ size: 4096, pages: 'auto', numaNode: 0 })).toThrow(
      expect.objectContaining({ code: 'FLUX_UNSUPPORTED' }),
    );
  });

  test.each([
    ['chunkSize', 1024, 0],
    ['chunkSize', 8192, 0],
    ['chunkSize', 3000, 0],
    ['frameHeadroom', 2048, 1345],
    ['frameHeadroom', 4096, 3393],
    ['frameHeadroom', 4096, -1],
  ])('a registration with a bad %s: %i, %i', (path, chunkSize, frameHeadroom) => {
    const { backend, memory } = setUp();
    expect(() => backend.openUmem(memory, { chunkSize, frameHeadroom, unaligned: false })).toThrow(
      expect.objectContaining({
        code: 'FLUX_INVALID_OPTION',
        errno: errno.EINVAL,
        context: expect.objectContaining({ path }),
      }),
    );
  });

  test('the same memory can be registered twice', () => {
    const { backend, memory } = setUp();
    const options = { chunkSize: 4096, frameHeadroom: 3392, unaligned: false };
    expect(backend.openUmem(memory, options).memory).toBe(memory);
  });

  test.each([0, 3, 12, -4, 1.5])('a ring of %d entries', (size) => {
    const { backend, openQueue } = setUp();
    const invalid = expect.objectContaining({ code: 'FLUX_INVALID_OPTION', errno: errno.EINVAL });
    expect(() => openQueue('eth0', 0, size)).toThrow(invalid);
    if (size === 0) return;
    const queue = openQueue('eth0');
    expect(() => backend.openSocket(queue, { rxRingSize: size, txRingSize: 8 })).toThrow(invalid);
    expect(() => backend.openSocket(queue, { rxRingSize: 8, txRingSize: size })).toThrow(invalid);
  });

  test('rings have the layout of x86-64', () => {
    const { openSocket } = setUp({ startIndex: 0xffffffff });
    const { rx, tx, queue } = openSocket('eth0');
    for (const ring of [rx!, tx!, queue.fill, queue.completion]) {
      expect(ring).toMatchObject({
        producerOffset: 0,
        consumerOffset: 128,
        flagsOffset: 196,
        descriptorOffset: 320,
        size: 8,
      });
      expect([producer(ring), consumer(ring)]).toEqual([-1, -1]);
    }
    expect(rx?.buffer.byteLength).toBe(320 + 8 * 16);
    expect(queue.fill.buffer.byteLength).toBe(320 + 8 * 8);
  });

  test('a ring of one entry is legal', () => {
    const { openQueue } = setUp();
    expect(openQueue('eth0', 0, 1).fill.size).toBe(1);
  });

  test('an interface that does not exist', () => {
    const { openQueue } = setUp();
    expect(() => openQueue('eth9')).toThrow(
      expect.objectContaining({ code: 'FLUX_UNKNOWN_INTERFACE', errno: errno.ENODEV }),
    );
  });

  test('objects of another network are refused', () => {
    const a = setUp();
    const b = setUp();
    const umem = { chunkSize: 2048, frameHeadroom: 0, unaligned: false };
    const queue = { ifname: 'eth0', queueId: 0, fillRingSize: 8, completionRingSize: 8 };
    const invalid = expect.objectContaining({ code: 'FLUX_INVALID_OPTION' });
    expect(() => a.backend.openUmem(b.memory, umem)).toThrow(invalid);
    expect(() => a.backend.openQueue(b.umem, queue)).toThrow(invalid);
  });
});

describe('bind', () => {
  const bindError = (socket: Socket, options = COPY) => {
    try {
      socket.bind(options);
    } catch (error) {
      const { code, errno } = error as { code: string; errno: number };
      return { code, errno };
    }
    return undefined;
  };

  test('a queue that another object holds is busy, until 20 ms after it was closed', async () => {
    const { net, openSocket, openStranger } = setUp();
    const first = openSocket('eth0');
    const second = openStranger('eth0');
    first.bind(COPY);
    const busy = { code: 'FLUX_QUEUE_BUSY', errno: errno.EBUSY };
    expect(bindError(second)).toEqual(busy);
    first.queue.close();
    expect(bindError(second)).toEqual(busy);
    await net.run(19.9);
    expect(bindError(second)).toEqual(busy);
    await net.run(0.1);
    expect(bindError(second)).toBeUndefined();
  });

  test('a queue stays taken while its rings are mapped', async () => {
    const { net, backend, openSocket, openStranger } = setUp();
    const first = openSocket('eth0');
    first.bind(COPY);
    first.close();
    await net.run(100);
    expect(bindError(openStranger('eth0'))).toMatchObject({ code: 'FLUX_QUEUE_BUSY' });
    const again = backend.openSocket(first.queue, { rxRingSize: 8, txRingSize: 0 });
    expect(bindError(again)).toBeUndefined();
  });

  test('several sockets share the queue that was opened once, after its first is bound', () => {
    const { backend, openSocket } = setUp();
    const first = openSocket('eth0');
    const openSecond = () => backend.openSocket(first.queue, { rxRingSize: 8, txRingSize: 0 });
    expect(openSecond).toThrow(
      expect.objectContaining({ code: 'FLUX_INVALID_OPTION', errno: errno.EBADF }),
    );
    first.bind(COPY);
    expect(bindError(openSecond())).toBeUndefined();
  });

  test('a socket is bound once', () => {
    const { openSocket } = setUp();
    const socket = openSocket('eth0');
    socket.bind(COPY);
    expect(bindError(socket)).toEqual({ code: 'FLUX_QUEUE_BUSY', errno: errno.EBUSY });
  });

  test('a queue that the interface does not have', () => {
    const { openSocket } = setUp();
    expect(bindError(openSocket('eth0', 1))).toBeUndefined();
    expect(bindError(openSocket('eth0', 2))).toEqual({
      code: 'FLUX_QUEUE_OUT_OF_RANGE',
      errno: errno.EINVAL,
    });
  });

  test.each([-1, 65536, 0.5])('a queue id of %d', (queueId) => {
    const { openQueue } = setUp();
    expect(() => openQueue('eth0', queueId)).toThrow('FLUX_INVALID_OPTION');
  });

  test('a socket without rings', () => {
    const { backend, openQueue } = setUp();
    const socket = backend.openSocket(openQueue('eth0'), { rxRingSize: 0, txRingSize: 0 });
    expect(bindError(socket)).toEqual({ code: 'FLUX_INVALID_OPTION', errno: errno.EINVAL });
  });

  test('zero-copy that the driver lacks, and the socket can be bound otherwise', () => {
    const { openSocket } = setUp();
    const socket = openSocket('eth0');
    expect(bindError(socket, { ...COPY, copyMode: 'zerocopy' })).toEqual({
      code: 'FLUX_UNSUPPORTED',
      errno: errno.EOPNOTSUPP,
    });
    expect(bindError(socket, { ...COPY, copyMode: 'auto' })).toBeUndefined();
    expect(socket.zeroCopy).toBe(false);
  });

  test('an interface that is down can be bound', () => {
    const { net, openSocket } = setUp();
    const down = net.addInterface('eth2');
    down.setUp(false);
    const socket = openSocket('eth2');
    expect(bindError(socket)).toBeUndefined();
    expect(socket.kick()).toBe(errno.ENETDOWN);
  });
});

describe('system calls', () => {
  test('before bind', () => {
    const { openSocket } = setUp();
    const socket = openSocket('eth0');
    expect([socket.kick(), socket.wakeRx()]).toEqual([errno.ENXIO, errno.ENXIO]);
    expect(socket.socketError()).toBe(0);
  });

  test('without the ring that they are about', () => {
    const { backend, openQueue } = setUp();
    const queue = openQueue('eth0');
    const rxOnly = backend.openSocket(queue, { rxRingSize: 8, txRingSize: 0 });
    rxOnly.bind(COPY);
    const txOnly = backend.openSocket(queue, { rxRingSize: 0, txRingSize: 8 });
    txOnly.bind(COPY);
    expect([rxOnly.kick(), rxOnly.wakeRx()]).toEqual([errno.ENOBUFS, 0]);
    expect([txOnly.kick(), txOnly.wakeRx()]).toEqual([0, errno.ENOBUFS]);
    expect([rxOnly.tx, txOnly.rx]).toEqual([undefined, undefined]);
  });

  test('after close', () => {
    const { openSocket } = setUp();
    const socket = openSocket('eth0');
    socket.bind(COPY);
    socket.close();
    const calls = [
      socket.kick(),
      socket.wakeRx(),
      socket.socketError(),
      socket.setOption(283, 9, 32),
      socket.getOption(283, 8),
    ];
    expect(calls).toEqual(calls.map(() => errno.EBADF));
    const closed = expect.objectContaining({ code: 'FLUX_CLOSED' });
    expect(() => socket.bind(COPY)).toThrow(closed);
    expect(() => socket.statistics()).toThrow(closed);
    expect(() => socket.watch({ readable: true, writable: false }, () => {})).toThrow(closed);
    socket.unwatch();
  });
});

test('a frame received on one interface leaves through another without being copied', async () => {
  const { net, backend, umem, memory, openQueue } = setUp();
  const [eth0, eth1] = ['eth0', 'eth1'].map((name) => {
    const socket = backend.openSocket(openQueue(name), { rxRingSize: 8, txRingSize: 8 });
    socket.bind(COPY);
    return socket;
  }) as [Socket, Socket];
  expect(eth1.queue.umem).toBe(umem);
  backend
    .openProgram({
      ifname: 'eth0',
      attachMode: 'auto',
      maxQueues: 2,
      source: { kind: 'redirect' },
    })
    .setSocket(eth0);
  pushFill(eth0.queue.fill, 6144);
  const [wire0, wire1] = ['eth0', 'eth1'].map((name) => net.interface(name)!);
  const sent: Uint8Array[] = [];
  wire1?.onTransmit((frame) => sent.push(frame));
  wire0?.inject(frameOf(100));

  const [received] = takeRx(eth0.rx);
  new Uint8Array(memory.buffer)[received!.addr] = 0xaa;
  pushTx(eth1.tx, received!);
  expect(eth1.kick()).toBe(0);
  await net.run(1);
  expect(sent).toEqual([frameOf(100).fill(0xaa, 0, 1)]);
});
