import { describe, expect, test } from 'vitest';
import { SimNetwork } from '../network/sim-network.js';
import { COPY, frameOf, openPort } from '../testing/port.js';
import { consumer, flags, pending, pushFill, takeRx } from '../testing/rings.js';

function setUp(options: Parameters<typeof openPort>[2] = {}, queueCount = 1, startIndex = 0) {
  const net = new SimNetwork({ startIndex });
  const eth0 = net.addInterface('eth0', { queueCount, mtu: 9000 });
  return { net, eth0, ...openPort(net, 'eth0', options) };
}

describe.each([0, 0x7fffffff, 0xfffffffe, 0xffffffff])('ring indices from %i', (startIndex) => {
  test('a frame is copied behind 256 bytes of headroom', () => {
    const { eth0, queue, socket, memory } = setUp({}, 1, startIndex);
    pushFill(queue.fill, 4096);
    eth0.inject(frameOf(64, 9));
    expect(takeRx(socket.rx)).toEqual([{ addr: 4096 + 256, len: 64, options: 0 }]);
    expect(new Uint8Array(memory.buffer, 4096 + 256, 64)).toEqual(frameOf(64, 9));
    expect(pending(queue.fill)).toBe(0);
  });

  test('a full RX ring is seen as full', () => {
    const { eth0, queue, socket } = setUp({ rxRingSize: 4 }, 1, startIndex);
    pushFill(queue.fill, 0, 2048, 4096, 6144, 8192);
    for (let i = 0; i < 6; i++) eth0.inject(frameOf(64));
    expect(socket.statistics().rxRingFull).toBe(2);
    expect(takeRx(socket.rx)).toHaveLength(4);
  });

  test('many frames go round the rings', () => {
    const { eth0, queue, socket } = setUp({ rxRingSize: 4, fillRingSize: 4 }, 1, startIndex);
    for (let i = 0; i < 100; i++) {
      pushFill(queue.fill, 2048 * (i % 7));
      eth0.inject(frameOf(60 + i));
      expect(takeRx(socket.rx)).toEqual([{ addr: 2048 * (i % 7) + 256, len: 60 + i, options: 0 }]);
    }
    expect(socket.statistics()).toMatchObject({ rxDropped: 0, rxRingFull: 0 });
  });
});

test('a fill address is masked down to its chunk', () => {
  const { eth0, queue, socket } = setUp({ chunkSize: 4096 });
  pushFill(queue.fill, 12288 + 77);
  eth0.inject(frameOf(64));
  expect(takeRx(socket.rx)[0]?.addr).toBe(3 * 4096 + 256);
});

test.each([
  [4096, 0, 3840],
  [2048, 0, 1792],
  [2048, 1000, 792],
  [4096, 3392, 448],
])('chunk %i with headroom %i takes %i bytes', (chunkSize, headroom, capacity) => {
  const { eth0, queue, socket } = setUp({ chunkSize, headroom });
  pushFill(queue.fill, 0, chunkSize, 2 * chunkSize);
  eth0.inject(frameOf(capacity - 1));
  eth0.inject(frameOf(capacity));
  eth0.inject(frameOf(capacity + 1));
  expect(takeRx(socket.rx)).toEqual([
    { addr: headroom + 256, len: capacity - 1, options: 0 },
    { addr: chunkSize + headroom + 256, len: capacity, options: 0 },
  ]);
  expect(socket.statistics()).toMatchObject({ rxDropped: 1, rxFillRingEmptyDescs: 0 });
});

test('a frame that finds no buffer is counted twice', () => {
  const { eth0, socket } = setUp();
  for (let i = 0; i < 5; i++) eth0.inject(frameOf(64));
  expect(socket.statistics()).toMatchObject({ rxDropped: 5, rxFillRingEmptyDescs: 5 });
  expect(takeRx(socket.rx)).toEqual([]);
});

test('a full RX ring keeps the buffer for the next frame', () => {
  const { eth0, queue, socket } = setUp({ rxRingSize: 4, program: 'generic' });
  pushFill(queue.fill, 0, 2048, 4096, 6144, 8192, 10240);
  for (let i = 0; i < 10; i++) eth0.inject(frameOf(64, i));
  expect(socket.statistics()).toMatchObject({ rxRingFull: 6, rxDropped: 0 });
  // Four delivered, one retained: the retained one served every frame after the fourth.
  expect(pending(queue.fill)).toBe(1);
  expect(takeRx(socket.rx)).toHaveLength(4);

  eth0.inject(frameOf(64));
  eth0.inject(frameOf(64));
  expect(takeRx(socket.rx).map(({ addr }) => addr)).toEqual([8192 + 256, 10240 + 256]);
});

test('what user space sees of the fill ring lags more in native mode', () => {
  const taken = (program: 'native' | 'generic') => {
    const { eth0, queue } = setUp({ rxRingSize: 4, program });
    pushFill(queue.fill, 0, 2048, 4096, 6144, 8192, 10240);
    for (let i = 0; i < 10; i++) eth0.inject(frameOf(64));
    return consumer(queue.fill);
  };
  expect(taken('generic')).toBe(5);
  expect(taken('native')).toBe(4);
});

test('a fill address outside the memory is skipped and counted nowhere', () => {
  const { eth0, queue, socket, memory } = setUp();
  pushFill(queue.fill, memory.size, -2, 1n << 48n, 1n << 32n, 2048);
  eth0.inject(frameOf(64));
  expect(takeRx(socket.rx)).toEqual([{ addr: 2048 + 256, len: 64, options: 0 }]);
  expect(socket.statistics()).toMatchObject({ rxDropped: 0, rxInvalidDescs: 0 });
});

test('flags of the rings: only TX asks to be kicked', () => {
  const { queue, socket } = setUp();
  const all = [queue.fill, queue.completion, socket.rx!, socket.tx!];
  expect(all.map(flags)).toEqual([0, 0, 0, 1]);
});

describe('where a frame goes', () => {
  test('to the host, when no program is attached or its slot is empty', () => {
    const { eth0, net } = setUp({ program: 'none' }, 2);
    const host: Uint8Array[] = [];
    eth0.onHost((frame) => host.push(frame));
    eth0.inject(frameOf(64));
    const program = net.backend.openProgram({
      ifname: 'eth0',
      attachMode: 'auto',
      maxQueues: 1,
      source: { kind: 'redirect' },
    });
    eth0.inject(frameOf(64, 1));
    eth0.inject(frameOf(64, 2), { queueId: 1 });
    expect(host).toEqual([frameOf(64), frameOf(64, 1), frameOf(64, 2)]);
    expect(eth0.counters).toMatchObject({ rxPackets: 3, rxBytes: 192, hostPackets: 3 });
    expect(program.counters()).toEqual({ redirected: 0, passed: 2 });
  });

  test('nowhere, when the socket is bound to another interface', () => {
    const net = new SimNetwork();
    const eth0 = net.addInterface('eth0');
    net.addInterface('eth1');
    const port = openPort(net, 'eth1', { program: 'none' });
    const program = net.backend.openProgram({
      ifname: 'eth0',
      attachMode: 'native',
      maxQueues: 1,
      source: { kind: 'redirect' },
    });
    program.setSocket(port.socket);
    pushFill(port.queue.fill, 0);
    eth0.inject(frameOf(64));
    expect(program.counters()).toEqual({ redirected: 1, passed: 0 });
    expect(port.socket.statistics()).toMatchObject({ rxDropped: 0, rxRingFull: 0 });
    expect(pending(port.queue.fill)).toBe(1);
  });

  test('nowhere, until the socket in the slot is bound', () => {
    const net = new SimNetwork();
    const eth0 = net.addInterface('eth0');
    const first = openPort(net, 'eth0');
    const socket = net.backend.openSocket(first.queue, { rxRingSize: 4, txRingSize: 0 });
    first.program?.setSocket(socket);
    pushFill(first.queue.fill, 0);
    eth0.inject(frameOf(64));
    expect(takeRx(socket.rx)).toEqual([]);
    socket.bind(COPY);
    eth0.inject(frameOf(64));
    expect(takeRx(socket.rx)).toHaveLength(1);
    expect(takeRx(first.socket.rx)).toEqual([]);
  });

  test('to the host again, once the socket is closed or cleared', () => {
    const { eth0, socket, program } = setUp();
    program?.clearSocket(0);
    eth0.inject(frameOf(64));
    program?.setSocket(socket);
    eth0.inject(frameOf(64));
    socket.close();
    eth0.inject(frameOf(64));
    expect(program?.counters()).toEqual({ redirected: 1, passed: 2 });
    expect(eth0.counters.hostPackets).toBe(2);
  });

  test('a frame that the interface cannot take is lost before the program', () => {
    const net = new SimNetwork();
    const eth0 = net.addInterface('eth0');
    const { program } = openPort(net, 'eth0');
    eth0.inject(frameOf(13));
    eth0.inject(frameOf(1519));
    eth0.setUp(false);
    eth0.inject(frameOf(64));
    eth0.setUp(true);
    eth0.setCarrier(false);
    eth0.inject(frameOf(64));
    expect(eth0.counters).toMatchObject({ rxPackets: 0, rxDropped: 4 });
    expect(program?.counters()).toEqual({ redirected: 0, passed: 0 });
  });
});

test('two queues have rings of their own', () => {
  const net = new SimNetwork();
  const eth0 = net.addInterface('eth0', { queueCount: 2 });
  const first = openPort(net, 'eth0');
  const second = openPort(net, 'eth0', { queueId: 1, program: 'none' });
  first.program?.setSocket(second.socket);
  pushFill(first.queue.fill, 0);
  pushFill(second.queue.fill, 4096);
  eth0.inject(frameOf(70), { queueId: 1 });
  eth0.inject(frameOf(60), { queueId: 0 });
  expect(takeRx(first.socket.rx)).toEqual([{ addr: 256, len: 60, options: 0 }]);
  expect(takeRx(second.socket.rx)).toEqual([{ addr: 4096 + 256, len: 70, options: 0 }]);
});

test('inject refuses a queue that the interface does not have', () => {
  const { eth0 } = setUp();
  expect(() => eth0.inject(frameOf(64), { queueId: 1 })).toThrow('FLUX_QUEUE_OUT_OF_RANGE');
});
