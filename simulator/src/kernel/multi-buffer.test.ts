import { DESC_CONTINUED } from 'fluxnet-core';
import { describe, expect, test } from 'vitest';
import { SimNetwork } from '../network/sim-network.js';
import { frameOf, openPort } from '../testing/port.js';
import { consumer, pending, pushFill, pushTx, takeRx } from '../testing/rings.js';

function setUp(options: Parameters<typeof openPort>[2] = {}) {
  const net = new SimNetwork();
  const eth0 = net.addInterface('eth0', { mtu: 9000 });
  const port = openPort(net, 'eth0', {
    chunkSize: 4096,
    program: 'generic',
    ...options,
    bind: { multiBuffer: true, ...options.bind },
  });
  return { net, eth0, ...port };
}

test('a long frame takes full buffers, all but the last continued', () => {
  const { eth0, queue, socket, memory } = setUp();
  pushFill(queue.fill, 0, 4096, 8192);
  const frame = frameOf(9000, 5);
  eth0.inject(frame);
  const parts = takeRx(socket.rx);
  expect(parts.map(({ len, options }) => [len, options])).toEqual([
    [3840, DESC_CONTINUED],
    [3840, DESC_CONTINUED],
    [1320, 0],
  ]);
  const bytes = parts.flatMap(({ addr, len }) => [...new Uint8Array(memory.buffer, addr, len)]);
  expect(Uint8Array.from(bytes)).toEqual(frame);
});

test('without the bind flag it is dropped and counted', () => {
  const { eth0, queue, socket } = setUp({ bind: { multiBuffer: false } });
  pushFill(queue.fill, 0, 4096, 8192);
  eth0.inject(frameOf(9000));
  expect(socket.statistics()).toMatchObject({ rxDropped: 1, rxFillRingEmptyDescs: 0 });
  expect(pending(queue.fill)).toBe(3);
});

describe('all of it or nothing', () => {
  test('two of three buffers', () => {
    const { eth0, queue, socket } = setUp();
    pushFill(queue.fill, 0, 4096);
    eth0.inject(frameOf(9000));
    expect(socket.statistics()).toMatchObject({ rxDropped: 1, rxFillRingEmptyDescs: 0 });
    expect(consumer(queue.fill)).toBe(0);
    pushFill(queue.fill, 8192);
    eth0.inject(frameOf(9000));
    expect(takeRx(socket.rx)).toHaveLength(3);
  });

  test('no buffer at all is counted as an empty fill ring, too', () => {
    const { eth0, socket } = setUp();
    eth0.inject(frameOf(9000));
    expect(socket.statistics()).toMatchObject({ rxDropped: 1, rxFillRingEmptyDescs: 1 });
  });

  test('one of three slots', () => {
    const { eth0, queue, socket } = setUp({ rxRingSize: 2 });
    pushFill(queue.fill, 0, 4096, 8192);
    eth0.inject(frameOf(9000));
    expect(socket.statistics()).toMatchObject({ rxDropped: 0, rxRingFull: 1 });
    expect([pending(socket.rx!), consumer(queue.fill)]).toEqual([0, 0]);
  });

  test('buffers that turn out to be invalid: the others stay with the kernel', () => {
    const { eth0, queue, socket, memory } = setUp();
    pushFill(queue.fill, 0, memory.size, 8192);
    eth0.inject(frameOf(9000));
    expect(socket.statistics().rxDropped).toBe(1);
    eth0.inject(frameOf(64));
    eth0.inject(frameOf(64));
    // The newest that went back comes first.
    expect(takeRx(socket.rx).map(({ addr }) => addr)).toEqual([8192 + 256, 256]);
  });

  test('the same chunk twice cannot be two parts of a frame', () => {
    const { eth0, queue, socket } = setUp();
    pushFill(queue.fill, 4096, 4096);
    eth0.inject(frameOf(4000));
    expect(socket.statistics().rxDropped).toBe(1);
    expect(pending(socket.rx!)).toBe(0);
  });
});

test('two parts of 4096 arrive as three of 3840 at most', async () => {
  const net = new SimNetwork();
  net.addVethPair('veth0', 'veth1', { mtu: 9000 });
  const a = openPort(net, 'veth0', { chunkSize: 4096, program: 'none' });
  const b = openPort(net, 'veth1', { chunkSize: 4096, bind: { multiBuffer: true } });
  pushFill(b.queue.fill, 0, 4096, 8192);
  pushTx(a.socket.tx, { addr: 0, len: 4096, options: DESC_CONTINUED }, { addr: 4096, len: 4096 });
  expect(a.socket.kick()).toBe(0);
  await net.run(1);
  expect(takeRx(b.socket.rx).map(({ len }) => len)).toEqual([3840, 3840, 512]);
});
