import { DESC_CONTINUED, errno } from 'fluxnet-core';
import { describe, expect, test } from 'vitest';
import { SimNetwork } from '../network/sim-network.js';
import { openPort } from '../testing/port.js';
import { consumer, type Descriptor, pending, pushTx, takeCompletions } from '../testing/rings.js';
import type { Generation } from './profile.js';

const V: Descriptor = { addr: 0, len: 64 };
const C: Descriptor = { addr: 0, len: 64, options: DESC_CONTINUED };
const I: Descriptor = { addr: 0, len: 0 };
const IC: Descriptor = { addr: 0, len: 0, options: DESC_CONTINUED };

function times(count: number, descriptor: Descriptor): Descriptor[] {
  return Array.from({ length: count }, () => descriptor);
}

function setUp(generation: Generation, completionRingSize = 64) {
  const net = new SimNetwork({ generation });
  const eth0 = net.addInterface('eth0');
  const port = openPort(net, 'eth0', { program: 'none', completionRingSize });
  return { net, eth0, ...port };
}

/** After each kick: result, consumed as it is seen, completed, invalid. */
function kicks(generation: Generation, descriptors: Descriptor[], count: number, slots?: number) {
  const { socket, queue } = setUp(generation, slots);
  pushTx(socket.tx, ...descriptors);
  return Array.from({ length: count }, () => [
    socket.kick(),
    consumer(socket.tx!),
    pending(queue.completion),
    socket.statistics().txInvalidDescs,
  ]);
}

/** As measured on Linux 6.18.44 over veth. */
describe('generation C', () => {
  test.each<[string, Descriptor[], number[][], number?]>([
    [
      'invalid is noticed before the budget',
      [...times(32, V), I, V],
      [
        [0, 33, 33, 1],
        [0, 34, 34, 1],
      ],
    ],
    [
      '18 parts without an end',
      times(18, C),
      [
        [0, 18, 18, 18],
        [0, 18, 18, 18],
      ],
    ],
    ['17 parts wait for theirs', times(17, C), [[0, 17, 0, 0]]],
    ['too long, drained, then a good one', [...times(18, C), V, V], [[0, 20, 20, 19]]],
    [
      'an invalid one while draining ends the call',
      [C, IC, IC, I, V],
      [
        [0, 2, 2, 2],
        [0, 3, 3, 3],
        [0, 4, 4, 4],
        [0, 5, 5, 4],
      ],
    ],
    [
      'no slot for the invalid one, but for its packet',
      [C, I, V],
      [
        [errno.EAGAIN, 1, 1, 1],
        [errno.EAGAIN, 1, 1, 1],
      ],
      1,
    ],
    [
      'slots that a packet waits for itself',
      [C, C, C, V],
      [
        [errno.EAGAIN, 2, 0, 0],
        [errno.EAGAIN, 2, 0, 0],
      ],
      2,
    ],
    [
      'budget ends inside a packet',
      [...times(31, V), ...times(19, C), V, V],
      [
        [errno.EAGAIN, 32, 31, 0],
        [0, 52, 52, 20],
      ],
    ],
  ])('%s', (_, descriptors, expected, slots) => {
    expect(kicks('C', descriptors, expected.length, slots)).toEqual(expected);
  });

  test('a refused area for metadata posts completions beyond the ring', () => {
    const { socket, queue } = setUp('C', 4);
    pushTx(socket.tx, { addr: 2048, len: 64, options: 2 }, ...times(8, V));
    for (let i = 1; i <= 8; i++) {
      expect(socket.kick()).toBe(errno.EINVAL);
      expect(pending(queue.completion)).toBe(i);
    }
  });

  test('the kernel believes in more room after them', () => {
    const { socket, queue } = setUp('C', 4);
    pushTx(socket.tx, { addr: 2048, len: 64, options: 2 }, ...times(8, V));
    socket.kick();
    socket.kick();
    takeCompletions(queue.completion);
    new Int32Array(socket.tx!.buffer)[(socket.tx!.descriptorOffset >> 2) + 3] = 0;
    expect(socket.kick()).toBe(errno.EAGAIN);
    expect([consumer(socket.tx!), pending(queue.completion)]).toEqual([6, 6]);
  });
});

/** As Linux 6.18.36 is written (net/xdp/xsk.c). */
describe('generation A', () => {
  test.each<[string, Descriptor[], number[][], number?]>([
    [
      'invalid is consumed, not completed, and not seen',
      [I, V],
      [
        [0, 0, 0, 1],
        [0, 2, 1, 1],
      ],
    ],
    [
      'seen where a frame was sent before it',
      [V, I, V],
      [
        [0, 2, 1, 1],
        [0, 3, 2, 1],
      ],
    ],
    [
      'its packet goes with it',
      [C, C, I, V],
      [
        [0, 0, 0, 3],
        [0, 4, 1, 3],
      ],
    ],
    [
      'nothing is drained',
      [C, IC, V, V],
      [
        [0, 0, 0, 2],
        [0, 4, 2, 2],
      ],
    ],
    ['18 parts are dropped at the 18th', [...times(18, C), V, V], [[0, 20, 2, 18]]],
    ['18 with an end are a packet', [...times(17, C), V, V], [[0, 19, 19, 0]]],
    [
      'no slot is needed',
      [V, I, V],
      [
        [0, 2, 1, 1],
        [errno.EAGAIN, 2, 1, 1],
      ],
      1,
    ],
  ])('%s', (_, descriptors, expected, slots) => {
    expect(kicks('A', descriptors, expected.length, slots)).toEqual(expected);
  });

  test('the consumer is not seen to move while the completion ring is full', () => {
    const { socket, queue } = setUp('A', 1);
    pushTx(socket.tx, I, V, V);
    socket.kick();
    expect(consumer(socket.tx!)).toBe(0);
    expect(socket.kick()).toBe(errno.EAGAIN);
    expect(consumer(socket.tx!)).toBe(2);
    takeCompletions(queue.completion);
    expect(socket.kick()).toBe(0);
    expect(consumer(socket.tx!)).toBe(3);
  });
});

describe.each(['A', 'C'] as const)('generation %s', (generation) => {
  test('a driver without room gets the packet again', () => {
    const { net, socket, queue } = setUp(generation);
    pushTx(socket.tx, V, C, V, V);
    net.failCalls('driverTx', errno.EBUSY, { after: 1 });
    expect(socket.kick()).toBe(errno.EAGAIN);
    expect([consumer(socket.tx!), pending(queue.completion)]).toEqual([1, 1]);
    expect(socket.kick()).toBe(0);
    expect([consumer(socket.tx!), pending(queue.completion)]).toEqual([4, 4]);
    expect(socket.statistics().txInvalidDescs).toBe(0);
  });

  test('without memory the descriptor stays', () => {
    const { net, socket, queue } = setUp(generation);
    pushTx(socket.tx, V, V);
    net.failCalls('allocateTx', errno.ENOMEM, { after: 1, times: 2 });
    expect([socket.kick(), socket.kick(), socket.kick()]).toEqual([errno.ENOMEM, errno.ENOMEM, 0]);
    expect(takeCompletions(queue.completion)).toHaveLength(2);
  });
});
