import { SimNetwork } from 'fluxnet-simulator';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EngineOptions } from '../options/engine-options.js';
import { FluxEngine } from './engine.js';

function frame(number: number): Uint8Array {
  const bytes = new Uint8Array(60);
  new DataView(bytes.buffer).setUint32(14, number);
  return bytes;
}

const numberIn = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset).getUint32(14);

describe('an engine', () => {
  let net: SimNetwork;
  let engine: FluxEngine | undefined;

  beforeEach(() => {
    net = new SimNetwork();
  });

  afterEach(async () => {
    const closing = engine?.close();
    engine = undefined;
    await net.run(200);
    await closing;
  });

  async function run(options: Partial<EngineOptions>): Promise<FluxEngine> {
    engine = await FluxEngine.open({
      backend: net.backend,
      ports: [{ ifname: 'left' }, { ifname: 'right' }],
      umem: { frameCount: 64 },
      handler: (batch) => {
        for (const packet of batch) packet.forward(1 - packet.port);
      },
      ...options,
    });
    return engine;
  }

  it('takes packets from all queues, and says which', async () => {
    const left = net.addInterface('left', { queueCount: 3 });
    const right = net.addInterface('right', { queueCount: 2 });
    const sent: number[] = [];
    const seen: number[] = [];
    right.onTransmit((bytes) => sent.push(numberIn(bytes)));
    const { effective } = await run({
      handler: (batch) => {
        seen.push(batch.queueId);
        for (const packet of batch) packet.forward(1);
      },
    });
    expect(effective.ports.map(({ queueIds }) => queueIds)).toEqual([
      [0, 1, 2],
      [0, 1],
    ]);
    engine!.run();
    for (let i = 0; i < 9; i++) left.inject(frame(i), { queueId: i % 3 });
    await net.run(5);
    expect(sent.toSorted()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(seen.toSorted()).toEqual([0, 1, 2]);
    const [from, to] = engine!.stats().ports;
    expect(from!.queues.map(({ queueId, rxPackets }) => [queueId, rxPackets])).toEqual([
      [0, 3],
      [1, 3],
      [2, 3],
    ]);
    // Queue 2 has no partner of its own, and takes the first one's.
    expect(to!.queues.map(({ txPackets }) => txPackets)).toEqual([6, 3]);
    expect([from!.rxPackets, to!.txPackets]).toEqual([9, 9]);
    expect(from!.batchSizes).toEqual([0, 0, 3, 0, 0, 0, 0, 0, 0]);
  });

  it('takes packets from the queues that it was told, and leaves the others to the host', async () => {
    const left = net.addInterface('left', { queueCount: 2 });
    net.addInterface('right');
    await run({ ports: [{ ifname: 'left', queueIds: [1] }, { ifname: 'right' }] });
    engine!.run();
    left.inject(frame(1), { queueId: 0 });
    left.inject(frame(2), { queueId: 1 });
    await net.run(5);
    expect(engine!.stats().ports[0]!.program).toEqual({ redirected: 1, passed: 1 });
    expect(engine!.stats().ports[0]!.queues[0]!.queueId).toBe(1);
  });

  it('has the bytes of the batch that its handler failed on', async () => {
    net.addInterface('right');
    const left = net.addInterface('left');
    await run({
      handler: () => {
        throw new Error('mine');
      },
    });
    left.inject(frame(7));
    const failure = engine!.run().catch((error: unknown) => error);
    await net.run(5);
    expect(await failure).toMatchObject({
      code: 'FLUX_HANDLER_FAILED',
      context: { ifname: 'left', queueId: 0, packets: [frame(7)] },
    });
  });

  it('goes on after a handler that failed, where it was told to', async () => {
    net.addInterface('right');
    const left = net.addInterface('left');
    await run({
      onHandlerError: 'continue',
      handler: (batch) => {
        if (numberIn(batch.at(0).copy()) === 1) throw new Error('mine');
        for (const packet of batch) packet.tx();
      },
    });
    engine!.run();
    for (let i = 0; i < 4; i++) {
      left.inject(frame(i));
      await net.run(5);
    }
    const { ports, frames, handlerErrors } = engine!.stats();
    expect(handlerErrors).toBe(1);
    expect(ports[0]!.drops).toMatchObject({ handlerError: 1, handler: 0 });
    expect(ports[0]!.txPackets).toBe(3);
    expect(frames).toMatchObject({ pool: 32, rx: 32 });
  });

  it('waits for room where it was told to, and loses nothing', async () => {
    const left = net.addInterface('left');
    const sent: number[] = [];
    net.addInterface('right').onTransmit((bytes) => sent.push(numberIn(bytes)));
    await run({
      txFull: 'block',
      ports: [{ ifname: 'left' }, { ifname: 'right', txRingSize: 2, completionRingSize: 2 }],
    });
    for (let i = 0; i < 16; i++) left.inject(frame(i));
    const running = engine!.run();
    await net.run(50);
    expect(sent).toEqual(Array.from({ length: 16 }, (_, i) => i));
    expect(engine!.stats().ports[1]!.drops.txRingFull).toBe(0);
    net.interface('right')!.setUp(false);
    for (let i = 0; i < 16; i++) left.inject(frame(i));
    await net.run(50);
    expect(engine!.stats().frames).toMatchObject({ batch: 14, tx: 2 });
    engine!.stop();
    await net.run(5);
    await running;
    expect(engine!.stats().ports[1]!.drops.txRingFull).toBe(14);
    expect(engine!.stats().frames.batch).toBe(0);
  });

  it.each([
    ['busy', { sleeps: 0, spins: true }],
    ['wait', { sleeps: 1, spins: false }],
    ['adaptive', { sleeps: 1, spins: true }],
  ] as const)(
    'receives with the %s poller, and says how it spent its time',
    async (poller, how) => {
      const left = net.addInterface('left');
      const sent: number[] = [];
      net.addInterface('right').onTransmit((bytes) => sent.push(numberIn(bytes)));
      await run({ poller });
      const running = engine!.run();
      expect(engine!.stats().poller.state).toBe('stopped');
      await net.run(2);
      const idle = engine!.stats().poller;
      for (let i = 0; i < 5; i++) {
        left.inject(frame(i));
        await net.run(2);
      }
      expect(sent).toEqual([0, 1, 2, 3, 4]);
      const { poller: stats } = engine!.stats();
      expect(idle.sleeps > 0).toBe(how.sleeps > 0);
      expect(stats.state).toBe(how.sleeps > 0 ? 'sleeping' : 'running');
      expect(stats.emptyPasses > 40).toBe(how.spins);
      expect(stats.passes).toBeGreaterThan(stats.emptyPasses);
      if (how.sleeps > 0) expect(stats.sleepMs).toBeGreaterThan(5);
      engine!.stop();
      await net.run(1);
      await running;
      expect(engine!.stats().poller.state).toBe('stopped');
    },
  );
});
