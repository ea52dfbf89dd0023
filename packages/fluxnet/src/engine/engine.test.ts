import type { Backend } from 'fluxnet-core';
import { type SimInterface, SimNetwork } from 'fluxnet-simulator';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { BatchHandler, EngineOptions } from '../options/engine-options.js';
import { FluxEngine } from './engine.js';

/** A frame of 60 bytes that carries a number. */
function frame(number: number): Uint8Array {
  const bytes = new Uint8Array(60);
  new DataView(bytes.buffer).setUint32(14, number);
  return bytes;
}

const numberIn = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset).getUint32(14);

const swapPorts: BatchHandler = (batch) => {
  for (let i = 0; i < batch.count; i++) batch.forward(i, batch.port === 0 ? 1 : 0);
};

describe('FluxEngine', () => {
  let net: SimNetwork;
  let left: SimInterface;
  let right: SimInterface;
  let sentLeft: number[];
  let sentRight: number[];
  const engines: FluxEngine[] = [];

  beforeEach(() => {
    net = new SimNetwork();
    left = net.addInterface('left');
    right = net.addInterface('right');
    sentLeft = [];
    sentRight = [];
    left.onTransmit((bytes) => sentLeft.push(numberIn(bytes)));
    right.onTransmit((bytes) => sentRight.push(numberIn(bytes)));
  });

  afterEach(async () => {
    for (const engine of engines.splice(0)) await closed(engine);
  });

  async function open(
    handler: BatchHandler,
    options: Partial<EngineOptions> = {},
  ): Promise<FluxEngine> {
    const engine = await FluxEngine.open({
      backend: net.backend,
      ports: [{ ifname: 'left' }, { ifname: 'right' }],
      umem: { frameCount: 64 },
      handler,
      ...options,
    });
    engines.push(engine);
    return engine;
  }

  /** Closing takes virtual time, which passes only while the network runs. */
  async function closed(engine: FluxEngine): Promise<void> {
    const closing = engine.close();
    await net.run(200);
    await closing;
  }

  it('forwards both ways, in order, and gives every frame back', async () => {
    const engine = await open(swapPorts);
    const running = engine.run();
    for (let i = 0; i < 300; i++) {
      left.inject(frame(i));
      right.inject(frame(1000 + i));
      if (i % 10 === 0) await net.run(1);
    }
    await net.run(10);
    expect(sentRight).toEqual(Array.from({ length: 300 }, (_, i) => i));
    expect(sentLeft).toEqual(Array.from({ length: 300 }, (_, i) => 1000 + i));
    const { ports, frames } = engine.stats();
    expect(ports.map((port) => [port.rxPackets, port.txPackets, port.completed])).toEqual([
      [300, 300, 300],
      [300, 300, 300],
    ]);
    expect(ports[0]).toMatchObject({ rxBytes: 300 * 60, txBytes: 300 * 60, txOutstanding: 0 });
    expect(frames).toEqual({
      total: 64,
      pool: 32,
      rx: 32,
      tx: 0,
      batch: 0,
      held: 0,
      quarantined: 0,
    });
    engine.stop();
    await net.run(1);
    await running;
  });

  it('drops what the handler does not send on, and can send back', async () => {
    const engine = await open((batch) => {
      for (let i = 0; i < batch.count; i++) {
        if (batch.view.getUint32(batch.offset(i) + 14) % 2 === 0) batch.tx(i);
        else batch.drop(i);
      }
    });
    engine.run();
    for (let i = 0; i < 10; i++) left.inject(frame(i));
    await net.run(5);
    expect(sentLeft).toEqual([0, 2, 4, 6, 8]);
    expect(sentRight).toEqual([]);
    expect(engine.stats().ports[0]!.drops.handler).toBe(5);
  });

  it('counts what finds no room in the TX ring', async () => {
    const engine = await open(swapPorts, {
      ports: [{ ifname: 'left' }, { ifname: 'right', txRingSize: 4 }],
    });
    for (let i = 0; i < 20; i++) left.inject(frame(i));
    engine.run();
    await net.run(5);
    expect(sentRight).toEqual([0, 1, 2, 3]);
    const stats = engine.stats();
    // The fill ring held a quarter of the 64 frames; the kernel dropped the other 4 packets.
    expect(stats.ports[0]!.kernel.rxDropped).toBe(4);
    expect(stats.ports[1]!.drops.txRingFull).toBe(12);
    const { total, pool, rx, tx } = stats.frames;
    expect(pool + rx + tx).toBe(total);
  });

  it('counts what the device drops after a kick, and goes on', async () => {
    const engine = await open(swapPorts);
    engine.run();
    right.setCarrier(false);
    for (let i = 0; i < 5; i++) left.inject(frame(i));
    await net.run(5);
    right.setCarrier(true);
    left.inject(frame(5));
    await net.run(5);
    expect(sentRight).toEqual([5]);
    expect(engine.stats().ports[1]!.drops.device).toBe(5);
    expect(engine.stats().frames).toMatchObject({ tx: 0, quarantined: 0 });
  });

  it('keeps packets of an interface that is down, and sends them when it is up', async () => {
    const engine = await open(swapPorts);
    engine.run();
    right.setUp(false);
    left.inject(frame(1));
    await net.run(20);
    expect(sentRight).toEqual([]);
    right.setUp(true);
    await net.run(20);
    expect(sentRight).toEqual([1]);
    expect(engine.stats().frames.tx).toBe(0);
  });

  it('ends when an interface is removed, whatever has its name by then', async () => {
    const engine = await open(swapPorts);
    const running = engine.run();
    await net.run(5);
    net.addVethPair('other0', 'other1');
    net.removeInterface('other0');
    await net.run(5);
    const outcome = expect(running).rejects.toMatchObject({
      code: 'FLUX_INTERFACE_REMOVED',
      message: expect.stringContaining('right is gone (ENXIO)'),
      context: { ifname: 'right' },
    });
    net.removeInterface('right');
    net.addInterface('right');
    const started = net.clock.now();
    await net.run(5);
    await outcome;
    expect(net.clock.now() - started).toBeLessThan(10);
    await closed(engine);
    await open(swapPorts);
  });

  it('ends within a second when the interface was removed before the run', async () => {
    const engine = await open(swapPorts);
    net.removeInterface('left');
    const outcome = expect(engine.run()).rejects.toMatchObject({ code: 'FLUX_INTERFACE_REMOVED' });
    await net.run(1000);
    await outcome;
  });

  it('listens to the links only while it runs, and says when it cannot', async () => {
    const { backend } = net;
    const close = vi.fn();
    const watchLinks = vi.spyOn(backend as Required<Backend>, 'watchLinks');
    watchLinks.mockReturnValue({ overruns: 0, close });
    const engine = await open(swapPorts);
    expect(watchLinks).not.toHaveBeenCalled();
    const running = engine.run();
    await net.run(1);
    expect(close).not.toHaveBeenCalled();
    engine.stop();
    await net.run(1);
    await running;
    expect(watchLinks).toHaveBeenCalledOnce();
    expect(close).toHaveBeenCalledOnce();
    const failure = new Error('no descriptor');
    watchLinks.mockImplementation(() => {
      throw failure;
    });
    await expect(engine.run()).rejects.toBe(failure);
  });

  it('stops with the error of a handler that throws, and loses no frame', async () => {
    const cause = new Error('mine');
    const engine = await open(() => {
      throw cause;
    });
    const running = engine.run();
    left.inject(frame(0));
    left.inject(frame(1));
    const outcome = expect(running).rejects.toMatchObject({
      code: 'FLUX_HANDLER_FAILED',
      cause,
      context: { ifname: 'left' },
    });
    await net.run(5);
    await outcome;
    const { frames, ports } = engine.stats();
    expect(frames.pool + frames.rx).toBe(frames.total);
    expect(ports[0]!.drops).toMatchObject({ handler: 0, handlerError: 2 });
  });

  it('sends what was forwarded before a handler threw', async () => {
    const engine = await open((batch) => {
      if (batch.port === 1) throw new Error('mine');
      for (let i = 0; i < batch.count; i++) batch.forward(i, 1);
    });
    left.inject(frame(1));
    right.inject(frame(2));
    const outcome = expect(engine.run()).rejects.toMatchObject({ code: 'FLUX_HANDLER_FAILED' });
    await net.run(5);
    await outcome;
    expect(sentRight).toEqual([1]);
    expect(engine.stats().frames.tx).toBe(0);
  });

  it('refuses a handler that returns a promise', async () => {
    const engine = await open((async () => {
      throw new Error('nobody hears this');
    }) as never);
    left.inject(frame(0));
    const outcome = expect(engine.run()).rejects.toThrow(/it returned a promise/);
    await net.run(5);
    await outcome;
  });

  it('keeps a batch as it is, whatever a handler does to it', async () => {
    const engine = await open((batch) => {
      expect(() => Object.assign(batch, { count: 0 })).toThrow(TypeError);
      expect(() => Object.assign(batch, { port: 1 })).toThrow(TypeError);
    });
    engine.run();
    left.inject(frame(0));
    await net.run(5);
    expect(engine.stats().frames).toMatchObject({ pool: 32, rx: 32 });
  });

  it('adds the frames of the batch up while the handler has them', async () => {
    let inside: number | undefined;
    const engine: FluxEngine = await open((batch) => {
      const { pool, rx, tx, batch: held, total } = engine.stats().frames;
      expect(pool + rx + tx + held).toBe(total);
      inside = held;
      expect(held).toBe(batch.count);
    });
    engine.run();
    left.inject(frame(0));
    await net.run(5);
    expect(inside).toBe(1);
    expect(engine.stats().frames.batch).toBe(0);
  });

  it('does not let a port that cannot send starve the others', async () => {
    const engine = await open((batch) => {
      const reflect = batch.view.getUint32(batch.offset(0) + 14) >= 1000;
      for (let i = 0; i < batch.count; i++) {
        if (reflect) batch.tx(i);
        else batch.forward(i, 1);
      }
    });
    engine.run();
    right.setUp(false);
    for (let i = 0; i < 100; i++) {
      left.inject(frame(i));
      await net.run(1);
    }
    for (let i = 0; i < 50; i++) {
      left.inject(frame(1000 + i));
      await net.run(1);
    }
    expect(sentLeft).toHaveLength(50);
    const { ports, frames } = engine.stats();
    expect(frames).toMatchObject({ tx: 16, rx: 32, pool: 16 });
    expect(ports[1]!.drops.txRingFull).toBe(100 - 16);
    expect(ports[0]!.kernel.rxDropped).toBe(0);
  });

  it('makes a wrong port an error of the handler', async () => {
    const engine = await open((batch) => batch.forward(0, 2));
    const running = engine.run();
    left.inject(frame(0));
    const outcome = expect(running).rejects.toMatchObject({ code: 'FLUX_HANDLER_FAILED' });
    await net.run(5);
    await outcome;
  });

  it('stops on request and runs again; packets wait meanwhile', async () => {
    const engine = await open(swapPorts);
    const first = engine.run();
    expect(engine.run()).toBe(first);
    await net.run(1);
    engine.stop();
    engine.stop();
    await net.run(1);
    await first;
    left.inject(frame(7));
    await net.run(5);
    expect(sentRight).toEqual([]);
    engine.run();
    await net.run(5);
    expect(sentRight).toEqual([7]);
  });

  it('runs again when asked to while it stops', async () => {
    const engine = await open(swapPorts);
    const first = engine.run();
    await net.run(1);
    engine.stop();
    engine.run();
    await net.run(1);
    await first;
    left.inject(frame(7));
    await net.run(5);
    expect(sentRight).toEqual([7]);
  });

  it('may be stopped and closed by its handler', async () => {
    const engine: FluxEngine = await open((batch) => {
      batch.forward(0, 1);
      engine.close();
    });
    const running = engine.run();
    left.inject(frame(3));
    await net.run(200);
    await running;
    expect(sentRight).toEqual([3]);
    expect(() => engine.stats()).toThrow(/FLUX_CLOSED/);
  });

  it('stops when its signal is aborted, before or during the run', async () => {
    const engine = await open(swapPorts);
    await engine.run({ signal: AbortSignal.abort() });
    const controller = new AbortController();
    const running = engine.run({ signal: controller.signal });
    await net.run(1);
    controller.abort();
    await net.run(1);
    await running;
  });

  it('ends the run when it is closed, once', async () => {
    const engine = await open(swapPorts);
    const running = engine.run();
    await net.run(1);
    expect(engine.close()).toBe(engine.close());
    await expect(engine.run()).rejects.toMatchObject({ code: 'FLUX_CLOSED' });
    await closed(engine);
    await running;
    expect(net.backend.interfaceInfo('left').program).toBeUndefined();
    expect(() => engine.stats()).toThrow(/FLUX_CLOSED/);
    await expect(engine.run()).rejects.toMatchObject({ code: 'FLUX_CLOSED' });
    // The queues are free again.
    await net.run(50);
    await open(swapPorts);
  });

  it('says what was obtained', async () => {
    const engine = await open(swapPorts);
    expect(engine.effective).toMatchObject({
      backend: 'simulator',
      pages: '4k',
      ports: ['left', 'right'].map((ifname) => ({
        ifname,
        queueIds: [0],
        driver: 'sim',
        attachMode: 'native',
        copyMode: 'copy',
        needWakeup: true,
        multiBuffer: false,
        txBudget: 256,
        busyPoll: undefined,
      })),
    });
  });

  it('opens all ports or none', async () => {
    const ports = [{ ifname: 'left' }, { ifname: 'nosuch' }];
    await expect(open(swapPorts, { ports })).rejects.toMatchObject({
      code: 'FLUX_UNKNOWN_INTERFACE',
    });
    expect(net.backend.interfaceInfo('left').program).toBeUndefined();
    await net.run(50);
    await open(swapPorts);
  });

  it('refuses an interface whose packets do not fit into a frame', async () => {
    net.addInterface('jumbo', { mtu: 9000 });
    await expect(open(swapPorts, { ports: [{ ifname: 'jumbo' }] })).rejects.toMatchObject({
      code: 'FLUX_INVALID_OPTION',
      context: { path: 'umem.frameSize' },
    });
  });

  it.each([
    [{ handlers: swapPorts }, 'FLUX_UNKNOWN_OPTION', 'engine.handlers'],
    [{ handler: 'x' }, 'FLUX_INVALID_OPTION', 'engine.handler'],
    [{ backend: {} }, 'FLUX_INVALID_OPTION', 'engine.backend'],
    [{ ports: [] }, 'FLUX_INVALID_OPTION', 'engine.ports'],
    [
      { ports: [{ ifname: 'left' }, { ifname: 'left' }] },
      'FLUX_INVALID_OPTION',
      'engine.ports[1].ifname',
    ],
    [
      { ports: [{ ifname: 'left', queueIds: [] }] },
      'FLUX_INVALID_OPTION',
      'engine.ports[0].queueIds',
    ],
    [
      { ports: [{ ifname: 'left', queueIds: [0, 0] }] },
      'FLUX_INVALID_OPTION',
      'engine.ports[0].queueIds[1]',
    ],
    [
      { ports: [{ ifname: 'left', queueIds: [0.5] }] },
      'FLUX_INVALID_OPTION',
      'engine.ports[0].queueIds[0]',
    ],
    [{ ports: [{}] }, 'FLUX_INVALID_OPTION', 'engine.ports[0].ifname'],
    [{ ports: [{ ifname: 'left', mode: 1 }] }, 'FLUX_UNKNOWN_OPTION', 'engine.ports[0].mode'],
    [
      { ports: [{ ifname: 'left', txRingSize: 0 }] },
      'FLUX_INVALID_OPTION',
      'engine.ports[0].txRingSize',
    ],
    [{ ports: [{ ifname: 'left', queueId: 1 }] }, 'FLUX_UNKNOWN_OPTION', 'engine.ports[0].queueId'],
    [{ preset: 'fast' }, 'FLUX_INVALID_OPTION', 'engine.preset'],
    [{ preset: 'default' }, 'FLUX_INVALID_OPTION', 'engine.preset'],
    [{ poller: 'epoll' }, 'FLUX_INVALID_OPTION', 'engine.poller'],
    [{ spinUs: -1 }, 'FLUX_INVALID_OPTION', 'engine.spinUs'],
    [{ txFull: 'drop' }, 'FLUX_INVALID_OPTION', 'engine.txFull'],
    [{ debug: 1 }, 'FLUX_INVALID_OPTION', 'engine.debug'],
    [{ onHandlerError: 'log' }, 'FLUX_INVALID_OPTION', 'engine.onHandlerError'],
    [
      { ports: [{ ifname: 'left', attachMode: 'hw' }] },
      'FLUX_INVALID_OPTION',
      'engine.ports[0].attachMode',
    ],
    [{ batchSize: 0 }, 'FLUX_INVALID_OPTION', 'engine.batchSize'],
    [{ batchSize: 257 }, 'FLUX_INVALID_OPTION', 'engine.batchSize'],
    [{ turnBudgetMs: -1 }, 'FLUX_INVALID_OPTION', 'engine.turnBudgetMs'],
    [{ umem: null }, 'FLUX_INVALID_OPTION', 'engine.umem'],
    [{ umem: 4096 }, 'FLUX_INVALID_OPTION', 'engine.umem'],
    [{ umem: [] }, 'FLUX_INVALID_OPTION', 'engine.umem'],
    [{ umem: { frames: 1 } }, 'FLUX_UNKNOWN_OPTION', 'umem.frames'],
    [{ umem: { frameCount: 2 ** 21 } }, 'FLUX_INVALID_OPTION', 'umem.frameCount'],
  ])('refuses %j', async (options, code, path) => {
    await expect(open(swapPorts, options as never)).rejects.toMatchObject({
      code,
      context: { path },
    });
    expect(net.backend.interfaceInfo('left').program).toBeUndefined();
  });
});
