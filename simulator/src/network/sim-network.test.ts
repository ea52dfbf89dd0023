import { expect, test } from 'vitest';
import { SimNetwork } from '../index.js';
import { frameOf, openPort } from '../testing/port.js';
import { pushFill, pushTx, takeCompletions, takeRx } from '../testing/rings.js';

test('the backend tells what it is and what it lacks', () => {
  const { backend, clock } = new SimNetwork();
  expect(backend.name).toBe('simulator');
  expect(backend.clock).toBe(clock);
  const { supported, features } = backend.capabilities();
  expect(supported).toBe(true);
  expect(features).toMatchObject({ hugepages: false, sharing: false });
});

test('interfaces are found by name and keep their order', () => {
  const net = new SimNetwork();
  net.addInterface('eth1', { queueCount: 4, mtu: 9000, mac: '02:aa:bb:cc:dd:ee' });
  const eth0 = net.addInterface('eth0');
  expect(net.backend.interfaces()).toEqual(['eth1', 'eth0']);
  expect(net.backend.interfaceInfo('eth1')).toEqual({
    ifname: 'eth1',
    ifindex: 1,
    mac: '02:aa:bb:cc:dd:ee',
    mtu: 9000,
    up: true,
    running: true,
    driver: 'sim',
    kind: undefined,
    numaNode: undefined,
    queueCount: 4,
    queues: {
      current: { rx: 0, tx: 0, combined: 4 },
      maximum: { rx: 0, tx: 0, combined: 4 },
    },
    rings: undefined,
    offloads: undefined,
    xdpFeatures: undefined,
    master: undefined,
    program: undefined,
  });
  expect(eth0.mac).toBe('02:00:00:00:00:02');
  expect(net.interface('eth0')).toBe(eth0);
  expect(net.interface('eth2')).toBeUndefined();
  eth0.setCarrier(false);
  expect(net.backend.interfaceInfo('eth0')).toMatchObject({ up: true, running: false });
  expect(() => net.backend.interfaceInfo('eth2')).toThrow('FLUX_UNKNOWN_INTERFACE');
});

test('wrong options are refused', () => {
  const net = new SimNetwork();
  net.addInterface('eth0');
  const wrong: [string, () => unknown][] = [
    ['FLUX_UNKNOWN_OPTION', () => new SimNetwork({ sead: 1 } as never)],
    ['FLUX_INVALID_OPTION', () => new SimNetwork({ seed: -1 })],
    ['FLUX_INVALID_OPTION', () => new SimNetwork({ turnUs: 0 })],
    ['FLUX_INVALID_OPTION', () => net.addInterface('eth0')],
    ['FLUX_INVALID_OPTION', () => net.addInterface('a name')],
    ['FLUX_INVALID_OPTION', () => net.addInterface('a234567890123456')],
    ['FLUX_INVALID_OPTION', () => net.addInterface('eth1', { mac: '2:0:0:0:0:1' })],
    ['FLUX_INVALID_OPTION', () => net.addInterface('eth1', { queueCount: 0 })],
    ['FLUX_UNKNOWN_OPTION', () => net.addInterface('eth1', { queues: 2 } as never)],
    ['FLUX_INVALID_OPTION', () => net.addVethPair('veth0', 'eth0')],
    ['FLUX_INVALID_OPTION', () => net.addVethPair('veth0', 'veth0')],
  ];
  for (const [code, call] of wrong) expect(call, String(call)).toThrow(code);
  expect(net.backend.interfaces()).toEqual(['eth0']);
});

test('a listener can be taken off again', async () => {
  const net = new SimNetwork();
  const eth0 = net.addInterface('eth0');
  let frames = 0;
  const stop = eth0.onHost(() => frames++);
  eth0.inject(frameOf(64));
  stop();
  eth0.inject(frameOf(64));
  expect(frames).toBe(1);
});

test('a host listener gets a copy', () => {
  const net = new SimNetwork();
  const eth0 = net.addInterface('eth0');
  const frame = Buffer.from(frameOf(64));
  eth0.onHost((copy) => copy.fill(0));
  eth0.inject(frame);
  expect(new Uint8Array(frame)).toEqual(frameOf(64));
});

test('a veth pair carries frames queue to queue, and its carrier is the other end', async () => {
  const net = new SimNetwork();
  const [left, right] = net.addVethPair('veth0', 'veth1', { queueCount: 2 });
  const a = openPort(net, 'veth0', { queueId: 1 });
  const b = openPort(net, 'veth1', { queueId: 1 });
  new Uint8Array(a.memory.buffer).set(frameOf(80));
  pushFill(b.queue.fill, 2048);
  pushTx(a.socket.tx, { addr: 0, len: 80 });
  expect(a.socket.kick()).toBe(0);
  await net.run(1);
  expect(takeRx(b.socket.rx)).toEqual([{ addr: 2048 + 256, len: 80, options: 0 }]);
  expect(new Uint8Array(b.memory.buffer, 2048 + 256, 80)).toEqual(frameOf(80));
  right.setUp(false);
  expect([left.up, left.running]).toEqual([true, false]);
});

/** Two ports, random traffic, a forwarder that drops what it likes: everything in a log. */
async function simulate(seed: number): Promise<string[]> {
  const net = new SimNetwork({ seed });
  const log: string[] = [];
  const [eth0, eth1] = [net.addInterface('eth0'), net.addInterface('eth1')];
  const input = openPort(net, 'eth0', { rxRingSize: 4, fillRingSize: 8 });
  const { backend } = net;
  const queue = backend.openQueue(input.umem, {
    ifname: 'eth1',
    queueId: 0,
    fillRingSize: 8,
    completionRingSize: 8,
  });
  const output = backend.openSocket(queue, { rxRingSize: 0, txRingSize: 8 });
  output.bind({ copyMode: 'auto', needWakeup: true, multiBuffer: false });
  pushFill(input.queue.fill, 0, 2048, 4096, 6144);

  const generate = () => {
    eth0.inject(frameOf(60 + Math.floor(net.random() * 1000)));
    net.clock.timer(net.random() * 0.1, generate);
  };
  generate();
  eth1.onTransmit(({ length }) => log.push(`${net.clock.now()} sent ${length}`));
  (async () => {
    for (;;) {
      await new Promise<void>((resolve) => {
        input.socket.watch({ readable: true, writable: false }, resolve);
      });
      for (const descriptor of takeRx(input.socket.rx)) {
        if (net.random() < 0.3) pushFill(input.queue.fill, descriptor.addr);
        else pushTx(output.tx, descriptor);
      }
      output.kick();
      pushFill(input.queue.fill, ...takeCompletions(queue.completion));
      await net.clock.sleep(net.random() * 0.3);
    }
  })();
  await net.run(20);
  const { rxRingFull, rxDropped } = input.socket.statistics();
  log.push(`full ${rxRingFull}, dropped ${rxDropped}, sent ${eth1.counters.txPackets}`);
  return log;
}

test('the same seed gives the same run', async () => {
  const run = await simulate(7);
  expect(run.length).toBeGreaterThan(100);
  expect(await simulate(7)).toEqual(run);
  expect(await simulate(8)).not.toEqual(run);
});
