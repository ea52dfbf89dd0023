import { errno } from 'fluxnet-core';
import { describe, expect, test } from 'vitest';
import { SimNetwork } from '../network/sim-network.js';
import { frameOf, openPort } from '../testing/port.js';
import { pushFill, pushTx } from '../testing/rings.js';

function setUp() {
  const net = new SimNetwork();
  const eth0 = net.addInterface('eth0');
  const port = openPort(net, 'eth0');
  const views = {
    memory: new Uint8Array(port.memory.buffer),
    fill: new Int32Array(port.queue.fill.buffer),
    completion: new Int32Array(port.queue.completion.buffer),
    rx: new Int32Array(port.socket.rx!.buffer),
    tx: new Int32Array(port.socket.tx!.buffer),
  };
  const detached = () =>
    Object.entries(views)
      .filter(([, view]) => view.length === 0)
      .map(([name]) => name);
  return { net, eth0, detached, ...port, program: port.program! };
}

type Name = 'memory' | 'umem' | 'queue' | 'socket' | 'program';
const names: readonly Name[] = ['memory', 'umem', 'queue', 'socket', 'program'];

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, i) =>
    permutations(items.toSpliced(i, 1)).map((rest) => [item, ...rest]),
  );
}

test.each([
  ['socket', ['rx', 'tx']],
  ['queue', ['fill', 'completion', 'rx', 'tx']],
  ['umem', ['fill', 'completion', 'rx', 'tx']],
  ['memory', ['memory', 'fill', 'completion', 'rx', 'tx']],
  ['program', []],
] as [Name, string[]][])('closing the %s detaches %j', (name, expected) => {
  const all = setUp();
  all[name].close();
  all[name].close();
  expect(all.detached()).toEqual(expected);
});

test.each(permutations(names).map((order) => [order.join(', '), order] as const))(
  'closed in the order %s, nothing stays behind',
  async (_, order) => {
    const all = setUp();
    pushFill(all.queue.fill, 0, 2048);
    pushTx(all.socket.tx, { addr: 0, len: 64 });
    all.eth0.inject(frameOf(64));
    all.socket.kick();
    for (const name of order) {
      all[name].close();
      // Traffic goes on in between: the kernel never touches what is gone.
      all.eth0.inject(frameOf(64));
      all.socket.kick();
    }
    await all.net.run(100);
    expect(all.detached()).toHaveLength(5);
    expect(all.socket.kick()).toBe(errno.EBADF);
    const again = openPort(all.net, 'eth0');
    pushFill(again.queue.fill, 0);
    all.eth0.inject(frameOf(64));
    expect(again.program?.counters()).toEqual({ redirected: 1, passed: 0 });
  },
);

describe('opening on something closed', () => {
  const closed = expect.objectContaining({ code: 'FLUX_CLOSED' });

  test('throws FLUX_CLOSED', () => {
    const { net, memory, umem, queue, socket, program } = setUp();
    const { backend } = net;
    socket.close();
    expect(() => program.setSocket(socket)).toThrow(closed);
    program.close();
    expect(() => program.counters()).toThrow(closed);
    expect(() => program.clearSocket(0)).toThrow(closed);
    queue.close();
    expect(() => backend.openSocket(queue, { rxRingSize: 4, txRingSize: 4 })).toThrow(closed);
    umem.close();
    const options = { ifname: 'eth0', queueId: 0, fillRingSize: 4, completionRingSize: 4 };
    expect(() => backend.openQueue(umem, options)).toThrow(closed);
    memory.close();
    const registration = { chunkSize: 2048, frameHeadroom: 0, unaligned: false };
    expect(() => backend.openUmem(memory, registration)).toThrow(closed);
  });

  test('a poll set', () => {
    const { net, socket } = setUp();
    const set = net.backend.openPollSet();
    const token = set.interruptToken;
    set.close();
    set.close();
    expect(() => set.add(socket, { readable: true, writable: false })).toThrow(closed);
    expect(set.wait(0)).toBe(errno.EBADF);
    net.backend.interrupt(token);
  });
});
