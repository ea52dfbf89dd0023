import { describe, expect, test } from 'vitest';
import { frameOf, openPort } from '../testing/port.js';
import { pushTx } from '../testing/rings.js';
import { SimNetwork } from './sim-network.js';
import { simulate } from './simulate.js';

describe('frames that a test looks at', () => {
  test('are copies, in order, until they are forgotten on request', async () => {
    const net = new SimNetwork();
    const eth0 = net.addInterface('eth0');
    const { socket, memory } = openPort(net, 'eth0', { program: 'none' });
    const bytes = new Uint8Array(memory.buffer);
    for (let i = 0; i < 3; i++) {
      bytes.set(frameOf(64, i));
      pushTx(socket.tx, { addr: 0, len: 64 });
      socket.kick();
    }
    await net.run(1);
    expect(eth0.transmitted).toEqual([frameOf(64, 0), frameOf(64, 1), frameOf(64, 2)]);
    eth0.clearFrames();
    expect(eth0.transmitted).toEqual([]);
  });

  test('are all of them or an error', () => {
    const net = new SimNetwork();
    const eth0 = net.addInterface('eth0', { keepFrames: 10 });
    for (let i = 0; i < 10; i++) eth0.inject(frameOf(64, i));
    expect(eth0.hostFrames).toHaveLength(10);
    eth0.inject(frameOf(64));
    expect(() => eth0.hostFrames).toThrow('eth0.hostFrames keeps 10 of 11 frames');
    const none = net.addInterface('eth1', { keepFrames: 0 });
    expect(() => none.hostFrames).toThrow('FLUX_UNSUPPORTED');
  });
});

test('a capture goes out and in again, with its times', async () => {
  const net = new SimNetwork();
  const eth0 = net.addInterface('eth0');
  for (const waitMs of [0, 1.5, 0.25]) {
    await net.run(waitMs);
    eth0.sendFromHost(frameOf(60 + 10 * waitMs));
  }
  await net.run(1);
  const file = eth0.transmittedPcap();

  const other = new SimNetwork();
  const sink = other.addInterface('eth0');
  const seen: [number, number][] = [];
  sink.onHost((frame) => seen.push([other.clock.now(), frame.length]));
  await other.run(5);
  expect(sink.injectCapture(file)).toBe(3);
  await other.run(5);
  expect(seen).toEqual([
    [5, 60],
    [6.5, 75],
    [6.75, 62],
  ]);
});

describe('workers', () => {
  const run = async (seed: number) => {
    const net = new SimNetwork({ seed });
    const log: string[] = [];
    const tasks = ['a', 'b', 'c'].map((name) =>
      net.spawn(name, async (signal) => {
        for (let i = 0; i < 5; i++) {
          log.push(`${name}${i} ${net.clock.now()}`);
          await net.clock.sleep(net.random(), { signal });
        }
      }),
    );
    expect(log).toEqual([]); // Each starts in a turn of its own.
    await net.run(10);
    await Promise.all(tasks.map(({ done }) => done));
    return log;
  };

  test('take turns in an order that the seed gives', async () => {
    const log = await run(4);
    expect(log).toHaveLength(15);
    expect(await run(4)).toEqual(log);
    expect(await run(5)).not.toEqual(log);
  });

  test('are stopped by their signal, also before they start', async () => {
    const net = new SimNetwork();
    let started = 0;
    const sleeper = net.spawn('sleeper', async (signal) => {
      started++;
      await net.clock.sleep(1000, { signal });
    });
    const early = net.spawn('early', async () => {
      started++;
    });
    early.stop();
    await net.run(1);
    expect([started, sleeper.running, early.running]).toEqual([1, true, false]);
    sleeper.stop();
    await expect(sleeper.done).rejects.toThrow();
    await early.done;
    expect(sleeper.running).toBe(false);
  });
});

describe('simulate', () => {
  test('gives what the test gives', async () => {
    expect(await simulate((net) => net.seed, { seed: 5 })).toBe(5);
  });

  test('says the seed and the end of the trace when it fails, and the seed replays', async () => {
    const body = async (net: SimNetwork) => {
      const eth0 = net.addInterface('eth0');
      eth0.inject(frameOf(64));
      await net.run(1);
      throw new Error(`drew ${net.random()}`);
    };
    const failure = await simulate(body).catch((error: Error) => error.message);
    const seed = Number(/replay with: \{ seed: (\d+) \}/.exec(failure)?.[1]);
    expect(failure).toMatch(/0\.000000 +eth0:0 +received 64 bytes/);
    expect(await simulate(body, { seed }).catch((error: Error) => error.message)).toBe(failure);
  });
});

test('advance is time without the event loop', () => {
  const net = new SimNetwork();
  const fired: number[] = [];
  net.clock.timer(1, () => fired.push(net.clock.now()));
  net.clock.timer(3, () => fired.push(net.clock.now()));
  net.advance(2);
  expect([fired, net.clock.now()]).toEqual([[1], 2]);
  expect(() => net.advance(-1)).toThrow('FLUX_INVALID_OPTION');
});

test('without latency a veth frame arrives inside the call, also when it is sent back', () => {
  const net = new SimNetwork();
  const [veth0] = net.addVethPair('veth0', 'veth1', { latencyUs: 0 });
  net.backend.openProgram({
    ifname: 'veth1',
    attachMode: 'native',
    maxQueues: 1,
    source: { kind: 'function', run: () => 'tx' },
  });
  const { socket } = openPort(net, 'veth0', { program: 'none' });
  pushTx(socket.tx, { addr: 0, len: 64 }, { addr: 0, len: 65 });
  expect(socket.kick()).toBe(0);
  expect(veth0.hostFrames.map(({ length }) => length)).toEqual([64, 65]);
});
