import { DESC_CONTINUED, errno } from 'fluxnet-core';
import { describe, expect, test } from 'vitest';
import { SimNetwork } from '../network/sim-network.js';
import { frameOf, openPort } from '../testing/port.js';
import { consumer, type Descriptor, pending, pushTx, takeCompletions } from '../testing/rings.js';

const VALID: Descriptor = { addr: 0, len: 64 };
const PART: Descriptor = { addr: 0, len: 64, options: DESC_CONTINUED };
const EMPTY: Descriptor = { addr: 0, len: 0 };
const EMPTY_PART: Descriptor = { addr: 0, len: 0, options: DESC_CONTINUED };

function setUp(options: Parameters<typeof openPort>[2] = {}, startIndex = 0) {
  const net = new SimNetwork({ startIndex });
  const eth0 = net.addInterface('eth0');
  const port = openPort(net, 'eth0', { program: 'none', ...options });
  const sent: Uint8Array[] = [];
  eth0.onTransmit((frame) => sent.push(frame));
  const bytes = new Uint8Array(port.memory.buffer);
  return { net, eth0, sent, bytes, ...port };
}

function times(count: number, descriptor: Descriptor): Descriptor[] {
  return Array.from({ length: count }, () => descriptor);
}

describe.each([0, 0x7fffffff, 0xfffffffe, 0xffffffff])('ring indices from %i', (startIndex) => {
  test('a frame leaves as it was when the kernel was kicked', async () => {
    const { net, socket, queue, bytes, sent, eth0 } = setUp({}, startIndex);
    bytes.set(frameOf(64, 3), 2048 + 10);
    pushTx(socket.tx, { addr: 2048 + 10, len: 64 });
    expect(sent).toEqual([]);
    expect(socket.kick()).toBe(0);
    bytes.fill(0);
    // Completed inside the call, with the address as it stood in the ring.
    expect(takeCompletions(queue.completion)).toEqual([2058n]);
    expect(sent).toEqual([]);
    await net.run(1);
    expect(sent).toEqual([frameOf(64, 3)]);
    expect(eth0.counters).toMatchObject({ txPackets: 1, txBytes: 64, txDropped: 0 });
  });

  test('many frames go round the rings', () => {
    const { socket, queue } = setUp({ txRingSize: 4, completionRingSize: 4 }, startIndex);
    for (let i = 0; i < 50; i++) {
      pushTx(socket.tx, { addr: 2048, len: 60 + i }, { addr: 4096, len: 64 });
      expect(socket.kick()).toBe(0);
      expect(takeCompletions(queue.completion)).toEqual([2048n, 4096n]);
      expect(pending(socket.tx!)).toBe(0);
    }
  });
});

test.each([
  [31, 0, 31],
  [32, 0, 32],
  [33, errno.EAGAIN, 32],
  [34, errno.EAGAIN, 32],
])('a kick with %i frames returns %i and sends %i', (count, result, consumed) => {
  const { socket } = setUp();
  pushTx(socket.tx, ...times(count, VALID));
  expect(socket.kick()).toBe(result);
  expect(consumer(socket.tx!)).toBe(consumed);
});

test('XDP_MAX_TX_SKB_BUDGET raises the budget up to the ring', () => {
  const { socket } = setUp();
  expect(socket.setOption(283, 9, 31)).toBe(errno.EACCES);
  expect(socket.setOption(283, 9, 65)).toBe(errno.EACCES);
  expect(socket.setOption(283, 9, 64)).toBe(0);
  expect(socket.setOption(1, 7, 20)).toBe(errno.ENOPROTOOPT);
  expect(socket.setOption(1, 46, 20)).toBe(0);
  expect(socket.getOption(1, 46)).toBe(20);
  expect(socket.getOption(283, 8)).toBe(0);
  expect(socket.getOption(283, 9)).toBe(errno.EOPNOTSUPP);
  pushTx(socket.tx, ...times(50, VALID));
  expect(socket.kick()).toBe(0);
});

test('the first address of a packet loses its lowest bit, those of invalid ones do not', () => {
  const { socket, queue } = setUp();
  const completed = (...descriptors: Descriptor[]) => {
    pushTx(socket.tx, ...descriptors);
    expect(socket.kick()).toBe(0);
    return takeCompletions(queue.completion);
  };
  const part = DESC_CONTINUED;
  expect(completed({ addr: 1, len: 60 })).toEqual([0n]);
  expect(completed({ addr: 3, len: 60, options: part }, { addr: 2049, len: 60 })).toEqual([
    2n,
    2049n,
  ]);
  expect(completed({ addr: 5, len: 0 })).toEqual([5n]);
  expect(completed({ addr: 7, len: 60, options: part }, { addr: 2051, len: 0 })).toEqual([
    6n,
    2051n,
  ]);
});

test('a full completion ring holds the rest back', () => {
  const { socket, queue } = setUp({ completionRingSize: 4 });
  pushTx(socket.tx, ...times(10, VALID));
  expect(socket.kick()).toBe(errno.EAGAIN);
  expect(pending(queue.completion)).toBe(4);
  expect(pending(socket.tx!)).toBe(6);
  expect(socket.kick()).toBe(errno.EAGAIN);
  expect(pending(socket.tx!)).toBe(6);
  takeCompletions(queue.completion, 3);
  expect(socket.kick()).toBe(errno.EAGAIN);
  expect(pending(socket.tx!)).toBe(3);
  takeCompletions(queue.completion);
  expect(socket.kick()).toBe(0);
  expect(pending(socket.tx!)).toBe(0);
});

describe('invalid descriptors', () => {
  test('end the call with 0 and are completed with their raw address', () => {
    const { socket, queue, memory } = setUp();
    pushTx(socket.tx, VALID, { addr: memory.size, len: 64 }, VALID, VALID, { addr: -2, len: 64 });
    pushTx(socket.tx, { addr: 4096, len: 64 });
    const consumed = [1, 2, 3].map(() => {
      const before = pending(socket.tx!);
      expect(socket.kick()).toBe(0);
      return before - pending(socket.tx!);
    });
    expect(consumed).toEqual([2, 3, 1]);
    expect(socket.statistics().txInvalidDescs).toBe(2);
    expect(takeCompletions(queue.completion)).toEqual([
      0n,
      BigInt(memory.size),
      0n,
      0n,
      2n ** 64n - 2n,
      4096n,
    ]);
  });

  test('need a completion slot: without one they are neither counted nor consumed', () => {
    const { socket, queue } = setUp({ completionRingSize: 1 });
    pushTx(socket.tx, VALID, EMPTY);
    expect(socket.kick()).toBe(errno.EAGAIN);
    expect(pending(socket.tx!)).toBe(1);
    expect(socket.statistics().txInvalidDescs).toBe(0);
    takeCompletions(queue.completion);
    expect(socket.kick()).toBe(0);
    expect(socket.statistics().txInvalidDescs).toBe(1);
  });

  const size = 64 * 4096;
  test.each([
    [true, 4096, 0, 64, 0],
    [true, 4096, size - 64, 64, 0],
    [true, 4096, 4032, 64, 0],
    [true, 2048, 2048, 2048, 0],
    [false, 4096, 0, 0, 0],
    [false, 4096, -2, 64, 0],
    [false, 4096, 0, 9001, 0],
    [false, 4096, 0, 4097, 0],
    [false, 4096, size, 64, 0],
    [false, 4096, size - 32, 64, 0],
    [false, 4096, 4096 - 32, 64, 0],
    [false, 2048, 2048 - 32, 64, 0],
    [false, 4096, 2 ** 48, 64, 0],
    [false, 4096, 2 ** 32, 64, 0],
    [false, 4096, 0, 2 ** 32 - 1, 0],
    [false, 4096, 0, 64, 4],
    [false, 4096, 0, 64, 0xffff],
    [false, 4096, 0, 64, 2 ** 31],
  ])('valid %s: chunk %i, address %i, length %i, options %i', (...row) => {
    const [valid, chunkSize, addr, len, options] = row;
    const { socket } = setUp({ chunkSize, chunks: size / chunkSize });
    pushTx(socket.tx, { addr, len, options });
    socket.kick();
    expect(socket.statistics().txInvalidDescs).toBe(valid ? 0 : 1);
    expect(pending(socket.tx!)).toBe(0);
  });
});

describe('packets of several descriptors', () => {
  test('leave as one frame and complete in order, also across calls', async () => {
    const { net, socket, queue, bytes, sent } = setUp();
    bytes.set(frameOf(64, 1), 0);
    bytes.set(frameOf(32, 65), 2048);
    pushTx(socket.tx, PART);
    expect(socket.kick()).toBe(0);
    expect(takeCompletions(queue.completion)).toEqual([]);
    pushTx(socket.tx, { addr: 2048, len: 32 });
    expect(socket.kick()).toBe(0);
    expect(takeCompletions(queue.completion)).toEqual([0n, 2048n]);
    await net.run(1);
    expect(sent).toEqual([frameOf(96, 1)]);
  });

  test('are broken by an invalid one', () => {
    const { socket } = setUp();
    pushTx(socket.tx, PART, PART, EMPTY, VALID);
    expect(socket.kick()).toBe(0);
    expect(socket.statistics().txInvalidDescs).toBe(3);
    expect(pending(socket.tx!)).toBe(1);
    expect(socket.kick()).toBe(0);
    expect(socket.statistics().txInvalidDescs).toBe(3);
  });

  test('are swallowed to their end once broken', async () => {
    const { net, socket, queue, sent } = setUp();
    pushTx(socket.tx, PART, EMPTY_PART, VALID, VALID);
    expect(socket.kick()).toBe(0);
    expect(socket.statistics().txInvalidDescs).toBe(2);
    expect(socket.kick()).toBe(0);
    expect(socket.statistics().txInvalidDescs).toBe(3);
    expect(pending(queue.completion)).toBe(4);
    await net.run(1);
    expect(sent).toHaveLength(1);
  });

  test('use up the budget while they are swallowed', () => {
    const { socket } = setUp();
    pushTx(socket.tx, EMPTY_PART, ...times(40, PART), VALID, VALID);
    expect([socket.kick(), consumer(socket.tx!)]).toEqual([0, 1]);
    expect([socket.kick(), consumer(socket.tx!)]).toEqual([errno.EAGAIN, 33]);
    expect([socket.kick(), consumer(socket.tx!)]).toEqual([0, 43]);
    expect(socket.statistics().txInvalidDescs).toBe(42);
  });

  test.each([
    [17, 0],
    [18, 0],
    [19, 19],
    [20, 20],
  ])('%i descriptors: %i of them invalid', async (count, invalid) => {
    const { net, socket, sent } = setUp();
    pushTx(socket.tx, ...times(count - 1, PART), VALID, VALID);
    expect(socket.kick()).toBe(0);
    expect(socket.statistics().txInvalidDescs).toBe(invalid);
    await net.run(1);
    expect(sent).toHaveLength(invalid === 0 ? 2 : 1);
  });
});

test('TX metadata without an area for it blocks the ring and posts completions', () => {
  const { socket, queue } = setUp();
  pushTx(socket.tx, { addr: 2048, len: 64, options: 2 }, VALID);
  expect(socket.kick()).toBe(errno.EINVAL);
  expect(socket.kick()).toBe(errno.EINVAL);
  expect(pending(socket.tx!)).toBe(2);
  expect(takeCompletions(queue.completion)).toEqual([2048n, 2048n]);
});

describe('what the device drops', () => {
  test('without a carrier, one frame per kick, completed', () => {
    const { socket, queue, eth0 } = setUp();
    eth0.setCarrier(false);
    pushTx(socket.tx, VALID, VALID, VALID);
    for (let left = 2; left >= 0; left--) {
      expect(socket.kick()).toBe(errno.EBUSY);
      expect(pending(socket.tx!)).toBe(left);
    }
    expect(socket.kick()).toBe(0);
    expect(pending(queue.completion)).toBe(3);
    expect(eth0.counters).toMatchObject({ txPackets: 0, txDropped: 3 });
  });

  test.each([
    [1, errno.EBUSY],
    [13, errno.EBUSY],
    [14, 0],
    [1518, 0],
    [1519, errno.EBUSY],
    [2048, errno.EBUSY],
  ])('of %i bytes: %i', (len, result) => {
    const { socket, queue } = setUp();
    pushTx(socket.tx, { addr: 0, len });
    expect(socket.kick()).toBe(result);
    expect(pending(queue.completion)).toBe(1);
    expect(socket.statistics().txInvalidDescs).toBe(0);
  });

  test('nothing while the interface is down: it is sent when it is up again', async () => {
    const { net, socket, eth0, sent } = setUp();
    pushTx(socket.tx, VALID);
    eth0.setUp(false);
    expect(socket.kick()).toBe(errno.ENETDOWN);
    expect(socket.wakeRx()).toBe(errno.ENETDOWN);
    eth0.setUp(true);
    expect(socket.kick()).toBe(0);
    await net.run(1);
    expect(sent).toHaveLength(1);
  });
});

test('an empty TX ring is counted each time the kernel sees it', () => {
  const { socket } = setUp();
  pushTx(socket.tx, VALID);
  socket.kick();
  socket.kick();
  expect(socket.statistics().txRingEmptyDescs).toBe(2);
});

test('two sockets of a queue share its completion ring', () => {
  const { net, socket, queue } = setUp({ completionRingSize: 4 });
  const second = net.backend.openSocket(queue, { rxRingSize: 0, txRingSize: 4 });
  second.bind({ copyMode: 'auto', needWakeup: true, multiBuffer: false });
  pushTx(second.tx, PART);
  second.kick();
  pushTx(socket.tx, { addr: 4096, len: 64 });
  expect(socket.kick()).toBe(0);
  // The unfinished packet's reserved slot is not in the way of the finished one.
  expect(takeCompletions(queue.completion)).toEqual([4096n]);
  // It is free again once the socket that reserved it is gone.
  second.close();
  pushTx(socket.tx, ...times(4, VALID));
  expect(socket.kick()).toBe(0);
  expect(takeCompletions(queue.completion)).toHaveLength(4);
});

test('a producer that user space moved too far sends stale slots again', async () => {
  const { net, socket, queue, sent } = setUp({ txRingSize: 4 });
  pushTx(socket.tx, VALID, VALID, VALID, VALID);
  const words = new Int32Array(socket.tx!.buffer);
  words[socket.tx!.producerOffset >> 2]! += 8;
  expect(socket.kick()).toBe(0);
  await net.run(1);
  expect(sent).toHaveLength(12);
  expect(pending(queue.completion)).toBe(12);
});
