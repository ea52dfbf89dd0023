import { type SimInterface, SimNetwork } from 'fluxnet-simulator';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SystemOptions } from '../options/system-options.js';
import type { OwnedPacket } from './owned-packet.js';
import { FluxSystem } from './system.js';

function frame(number: number, length = 60): Uint8Array {
  const bytes = new Uint8Array(length);
  new DataView(bytes.buffer).setUint32(14, number);
  return bytes;
}

const numberIn = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset).getUint32(14);

describe('FluxSystem', () => {
  let net: SimNetwork;
  let left: SimInterface;
  let right: SimInterface;
  let sentLeft: number[];
  let sentRight: number[];
  let system: FluxSystem;

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
    const closing = system.close();
    await net.run(200);
    await closing;
  });

  async function open(options: Partial<SystemOptions> = {}): Promise<void> {
    system = await FluxSystem.open({
      backend: net.backend,
      ports: [{ ifname: 'left' }, { ifname: 'right' }],
      umem: { frameCount: 64 },
      debug: true,
      ...options,
    });
  }

  function ledgerAddsUp(): void {
    const { total, ...places } = system.stats().frames;
    expect(Object.values(places).reduce((sum, frames) => sum + frames, 0)).toBe(total);
  }

  it('carries out what was decided when the next batch is asked for', async () => {
    await open();
    const seen: number[] = [];
    const loop = (async () => {
      for await (const batch of system.rx) {
        for (const packet of batch) {
          const number = numberIn(packet.copy());
          seen.push(number);
          if (number % 3 === 1) packet.tx();
          if (number % 3 === 2) packet.forward(1);
        }
      }
    })();
    for (let i = 0; i < 9; i++) left.inject(frame(i));
    await net.run(5);
    expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect([sentLeft, sentRight]).toEqual([
      [1, 4, 7],
      [2, 5, 8],
    ]);
    ledgerAddsUp();
    expect(system.stats().ports[0]!.drops.handler).toBe(3);
    const closing = system.close();
    await net.run(200);
    await Promise.all([closing, loop]); // Closing ends the loop.
  });

  it('gives batches without waiting, too', async () => {
    await open();
    expect(system.rx.poll()).toBeUndefined();
    left.inject(frame(1));
    right.inject(frame(2));
    expect(system.rx.poll()!.port).toBe(0);
    const batch = system.rx.poll()!;
    expect([batch.port, batch.count]).toEqual([1, 1]);
    batch.release();
    batch.release();
    expect(batch.count).toBe(0);
    expect(system.stats().frames.batch).toBe(0);
  });

  it('keeps packets beyond their batch, changes them, and sends them later', async () => {
    await open();
    left.inject(frame(1));
    left.inject(frame(2));
    const batch = system.rx.poll()!;
    const kept = batch.take(1);
    batch.at(0).tx();
    expect(() => batch.take(1)).toThrow(/taken before/);
    expect(() => batch.take(2)).toThrow(RangeError);
    batch.release();
    await net.run(1);
    expect(sentLeft).toEqual([1]);
    expect(system.stats()).toMatchObject({ held: 1, frames: { held: 1 } });
    expect(system.stats().ports[0]).toMatchObject({ taken: 1, drops: { handler: 0 } });
    ledgerAddsUp();
    expect([kept.port, kept.length, kept.released]).toEqual([0, 60, false]);
    kept.view.setUint32(kept.offset + 14, 99);
    expect(kept.setLength(64)).toBe(true);
    await system.tx.send(kept, { port: 1 });
    await net.run(1);
    expect(sentRight).toEqual([99]);
    expect(kept.released).toBe(true);
    await expect(system.tx.send(kept)).rejects.toThrow(/sent or released before/);
    expect(system.stats()).toMatchObject({ held: 0, frames: { held: 0 } });
    ledgerAddsUp();
  });

  it('gives the frame of a packet back when it is released, once', async () => {
    await open();
    left.inject(frame(1));
    const kept = system.rx.poll()!.take(0);
    const { pool } = system.stats().frames;
    kept.release();
    kept[Symbol.dispose]();
    expect(system.stats().frames.pool).toBe(pool + 1);
    expect([kept.released, kept.copy().length]).toEqual([true, 0]);
    expect(kept.adjustHead(1)).toBe(false);
  });

  it('says that too many packets are held, instead of running dry', async () => {
    await open({ maxHeld: 2 });
    const kept: OwnedPacket[] = [];
    for (let i = 0; i < 3; i++) left.inject(frame(i));
    const batch = system.rx.poll()!;
    kept.push(batch.take(0), batch.take(batch.at(1)));
    expect(() => batch.take(2)).toThrow(/FLUX_TOO_MANY_HELD.*2 packets are held/s);
    expect(() => system.tx.allocate(60)).toThrow(/FLUX_TOO_MANY_HELD/);
    kept[0]!.release();
    expect(batch.take(2).length).toBe(60);
    ledgerAddsUp();
  });

  it('sends bytes and packets made here', async () => {
    await open();
    const packet = system.tx.allocate(60)!;
    packet.data.set(frame(5), packet.offset);
    expect([packet.port, packet.headroom]).toEqual([-1, 256]);
    await system.tx.send([frame(4), packet, frame(6)], { port: 1 });
    expect(system.tx.trySend(frame(7), 1)).toBe(true);
    await net.run(1);
    expect(sentRight).toEqual([4, 5, 6]);
    const flushed = system.tx.flush();
    await net.run(1);
    await flushed;
    expect(sentRight).toEqual([4, 5, 6, 7]);
    expect(system.tx.allocate(2048)!.headroom).toBe(0);
    for (const length of [0, 2049, 1.5]) {
      expect(() => system.tx.allocate(length)).toThrow(/a frame holds 1 to 2048/);
    }
    expect(() => system.tx.trySend(new Uint8Array(2049))).toThrow(RangeError);
    expect(() => system.tx.trySend(frame(1), 2)).toThrow(/ports are 0 to 1/);
    ledgerAddsUp();
  });

  it('waits for room, in order, and loses nothing', async () => {
    await open({ ports: [{ ifname: 'left', txRingSize: 4, completionRingSize: 4 }] });
    left.setUp(false);
    for (let i = 0; i < 4; i++) expect(system.tx.trySend(frame(i))).toBe(true);
    expect(system.tx.trySend(frame(9))).toBe(false);
    const owned = system.tx.allocate(60)!;
    owned.data.set(frame(5), owned.offset);
    const sending = Promise.all([system.tx.send(frame(4)), system.tx.send([owned, frame(6)])]);
    await net.run(10);
    expect([sentLeft, owned.released]).toEqual([[], false]);
    expect(system.tx.trySend(frame(9))).toBe(false); // Others come first.
    left.setUp(true);
    await net.run(10);
    await sending;
    expect(sentLeft).toEqual([0, 1, 2, 3, 4, 5, 6]);
    ledgerAddsUp();
  });

  it('ends every wait when its signal is aborted, and goes on', async () => {
    await open({ ports: [{ ifname: 'left', txRingSize: 2, completionRingSize: 2 }] });
    left.setUp(false);
    system.tx.trySend(frame(0));
    system.tx.trySend(frame(1));
    const controller = new AbortController();
    const { signal } = controller;
    const reason = new Error('enough');
    const kept = system.tx.allocate(60)!;
    const waits = [
      system.tx.send(kept, { signal }),
      system.tx.flush({ signal }),
      system.rx.batches({ signal }).next(),
    ].map((promise) => expect(promise).rejects.toBe(reason));
    await net.run(5);
    controller.abort(reason);
    await Promise.all(waits);
    expect(kept.released).toBe(false);
    await expect(system.tx.send(kept, { signal })).rejects.toBe(reason);
    await expect(system.rx.batches({ signal }).next()).rejects.toBe(reason);
    left.setUp(true);
    const next = system.rx[Symbol.asyncIterator]().next();
    await net.run(5);
    left.inject(frame(7));
    await net.run(5);
    expect((await next).value!.count).toBe(1);
    expect(sentLeft).toEqual([0, 1]);
  });

  it('lets a loop be left, and taken up again', async () => {
    await open();
    left.inject(frame(1));
    for await (const batch of system.rx) {
      batch.at(0).tx();
      break;
    }
    await net.run(1);
    expect(sentLeft).toEqual([1]);
    left.inject(frame(2));
    for await (const batch of system.rx) {
      expect(numberIn(batch.at(0).copy())).toBe(2);
      break;
    }
  });

  it('holds a batch whose packets find no room, where it was told to', async () => {
    await open({
      txFull: 'block',
      ports: [{ ifname: 'left' }, { ifname: 'right', txRingSize: 2, completionRingSize: 2 }],
    });
    right.setUp(false);
    for (let i = 0; i < 5; i++) left.inject(frame(i));
    const batches: number[] = [];
    const loop = (async () => {
      for await (const batch of system.rx) {
        batches.push(batch.count);
        for (const packet of batch) packet.forward(1);
      }
    })();
    await net.run(5);
    left.inject(frame(5));
    await net.run(20);
    expect(batches).toEqual([5]);
    expect(system.stats().poller.turns).toBeLessThan(1000); // It does not spin meanwhile.
    right.setUp(true);
    await net.run(20);
    expect(sentRight).toEqual([0, 1, 2, 3, 4, 5]);
    const closing = system.close();
    await net.run(200);
    await Promise.all([closing, loop]);
  });

  it('ends its waits with an error when an interface is removed', async () => {
    await open();
    const next = expect(system.rx.batches().next()).rejects.toMatchObject({
      code: 'FLUX_INTERFACE_REMOVED',
    });
    await net.run(5);
    net.removeInterface('left');
    await net.run(5);
    await next;
  });

  it('is closed once, and refuses what comes after', async () => {
    await open();
    const kept = system.tx.allocate(60)!;
    const sending = system.rx[Symbol.asyncIterator]().next();
    const closing = system.close();
    expect(system[Symbol.asyncDispose]()).toBe(closing);
    await net.run(200);
    await closing;
    expect(await sending).toEqual({ done: true, value: undefined });
    expect(await system.rx.batches().next()).toEqual({ done: true, value: undefined });
    expect(system.rx.poll()).toBeUndefined();
    for (const call of [
      () => system.stats(),
      () => system.debugRings(),
      () => system.tx.trySend(frame(1)),
      () => system.tx.allocate(60),
    ]) {
      expect(call).toThrow(/FLUX_CLOSED/);
    }
    await expect(system.tx.send(kept)).rejects.toMatchObject({ code: 'FLUX_CLOSED' });
    kept.release();
    expect(net.backend.interfaceInfo('left').program).toBeUndefined();
  });

  it.each([
    [{ maxHeld: 0 }, 'FLUX_INVALID_OPTION', 'system.maxHeld'],
    [{ held: 1 }, 'FLUX_UNKNOWN_OPTION', 'system.held'],
    [{ handler: () => {} }, 'FLUX_UNKNOWN_OPTION', 'system.handler'],
    [{ ports: [] }, 'FLUX_INVALID_OPTION', 'system.ports'],
  ])('refuses %j', async (options, code, path) => {
    await open();
    const wrong = { backend: net.backend, ports: [{ ifname: 'left' }], ...options };
    await expect(FluxSystem.open(wrong as never)).rejects.toMatchObject({
      code,
      context: { path },
    });
  });
});
