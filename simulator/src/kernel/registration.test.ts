import { type BindOptions, errno } from 'fluxnet-core';
import { describe, expect, test } from 'vitest';
import { SimNetwork } from '../network/sim-network.js';
import { COPY, openPort } from '../testing/port.js';

const SIZE = 64 * 2048;
const memlock = expect.objectContaining({ code: 'FLUX_MEMLOCK', errno: errno.ENOBUFS });
const denied = expect.objectContaining({ code: 'FLUX_PERMISSION', errno: errno.EPERM });

function setUp() {
  const net = new SimNetwork();
  for (const name of ['eth0', 'eth1', 'eth2']) net.addInterface(name, { mtu: 9000 });
  return { net, backend: net.backend };
}

describe('locked memory', () => {
  test('is charged without CAP_IPC_LOCK, to the byte, and given back late', async () => {
    const { net } = setUp();
    net.setCapabilities(['CAP_NET_RAW', 'CAP_NET_ADMIN', 'CAP_BPF']);
    net.setMemlock(SIZE);
    const port = openPort(net, 'eth0');
    expect(net.lockedBytes).toBe(SIZE);
    expect(() => openPort(net, 'eth1')).toThrow(memlock);
    port.memory.close();
    expect(() => openPort(net, 'eth1')).toThrow(memlock);
    await net.run(20);
    expect(net.lockedBytes).toBe(0);
    openPort(net, 'eth1');
    net.setMemlock(2 * SIZE - 1);
    expect(() => openPort(net, 'eth2')).toThrow(memlock);
  });

  test('is not counted with CAP_IPC_LOCK', () => {
    const { net } = setUp();
    net.setMemlock(0);
    openPort(net, 'eth0');
    expect(net.lockedBytes).toBe(0);
  });

  test('is charged again by a queue that finds nobody to share with', async () => {
    const { net, backend } = setUp();
    net.setCapabilities(['CAP_NET_RAW', 'CAP_NET_ADMIN', 'CAP_BPF']);
    net.setMemlock(2 * SIZE);
    const { umem, queue } = openPort(net, 'eth0');
    const sizes = { queueId: 0, fillRingSize: 8, completionRingSize: 8 };
    const bind = (ifname: string) => {
      const other = backend.openQueue(umem, { ifname, ...sizes });
      backend.openSocket(other, { rxRingSize: 8, txRingSize: 8 }).bind(COPY);
    };
    bind('eth1'); // Shares with eth0.
    expect(net.lockedBytes).toBe(SIZE);
    queue.close();
    bind('eth2'); // Shares with eth1, which keeps the registration.
    await net.run(20);
    expect(net.lockedBytes).toBe(SIZE);
    umem.close();
    await net.run(20);
    expect(net.lockedBytes).toBe(0);
  });
});

describe('rights', () => {
  test('only opening needs them', () => {
    const { net, backend } = setUp();
    const memory = backend.openMemory({ size: SIZE, pages: 'auto' });
    const options = { chunkSize: 2048, frameHeadroom: 0, unaligned: false };
    const umem = backend.openUmem(memory, options);
    net.setCapabilities([]);
    expect(() => backend.openUmem(memory, options)).toThrow(denied);
    const sizes = { queueId: 0, fillRingSize: 8, completionRingSize: 8 };
    const queue = backend.openQueue(umem, { ifname: 'eth0', ...sizes });
    const socket = backend.openSocket(queue, { rxRingSize: 8, txRingSize: 64 });
    socket.bind(COPY);
    expect([socket.kick(), socket.wakeRx()]).toEqual([0, 0]);
    expect(() => backend.openSocket(queue, { rxRingSize: 8, txRingSize: 8 })).toThrow(denied);
    expect(() => backend.openQueue(umem, { ifname: 'eth1', ...sizes })).toThrow(denied);
    expect(socket.setOption(1, 69, 1)).toBe(errno.EPERM);
    expect(socket.setOption(1, 46, 20)).toBe(0);
  });

  test.each([['CAP_BPF'], ['CAP_NET_ADMIN']] as const)('a program: not with %s alone', (name) => {
    const { net } = setUp();
    net.setCapabilities(['CAP_NET_RAW', name]);
    expect(() => openPort(net, 'eth0')).toThrow(denied);
  });
});

describe('what the first bind decides', () => {
  const bindSecond = (first: Partial<BindOptions>, second: Partial<BindOptions>) => {
    const net = new SimNetwork();
    net.addInterface('eth0', { zeroCopy: true });
    net.addInterface('eth1', { zeroCopy: true });
    const { umem } = openPort(net, 'eth0', { chunkSize: 4096, bind: first });
    const sizes = { queueId: 0, fillRingSize: 8, completionRingSize: 8 };
    const queue = net.backend.openQueue(umem, { ifname: 'eth1', ...sizes });
    const socket = net.backend.openSocket(queue, { rxRingSize: 8, txRingSize: 8 });
    socket.bind({ ...COPY, ...second });
    return socket;
  };

  test('copy mode holds for queues that share', () => {
    expect(bindSecond({ copyMode: 'copy' }, { copyMode: 'zerocopy' }).zeroCopy).toBe(false);
    expect(bindSecond({ copyMode: 'auto' }, { copyMode: 'copy' }).zeroCopy).toBe(true);
  });

  test('a zero-copy registration cannot be shared with a driver that has none', () => {
    const net = new SimNetwork();
    net.addInterface('eth0', { zeroCopy: true });
    net.addInterface('eth1');
    const { umem } = openPort(net, 'eth0', { chunkSize: 4096, bind: { copyMode: 'auto' } });
    const sizes = { queueId: 0, fillRingSize: 8, completionRingSize: 8 };
    const queue = net.backend.openQueue(umem, { ifname: 'eth1', ...sizes });
    const socket = net.backend.openSocket(queue, { rxRingSize: 8, txRingSize: 8 });
    expect(() => socket.bind({ ...COPY, copyMode: 'auto' })).toThrow('EOPNOTSUPP');
  });
});
