import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hasKernel, held, makeVethPair, type VethPair } from '../../../../test/support/kernel.js';
import {
  startWorker,
  type Worker,
  type WorkerOptions,
} from '../../../../test/support/worker-process.js';
import type { Program } from '../contract/program.js';
import { errno } from '../errno.js';
import { confineToInterface, grantBusyPoll } from '../kernel/grants.js';
import { kernelBackend } from '../kernel/kernel-backend.js';
import { Umem } from '../umem.js';
import { Xsk } from '../xsk.js';

const LENGTH = 60;
const TOTAL = 500;
const RINGS = { rxRingSize: 64, txRingSize: 64, fillRingSize: 64, completionRingSize: 64 };
const NONE = '0000000000000000';

describe.runIf(hasKernel)('[kernel] handed to a process without capabilities', () => {
  let pair: VethPair;
  const opened: { close(): void }[] = [];
  const keep = <T extends { close(): void }>(object: T): T => {
    opened.push(object);
    return object;
  };

  beforeEach(() => {
    pair = makeVethPair();
  });

  afterEach(() => {
    for (const object of opened.splice(0).reverse()) object.close();
    pair.remove();
  });

  function start(body: string, options: WorkerOptions = {}): Worker {
    const worker = startWorker(body, options);
    keep(worker.channel);
    return worker;
  }

  function attach(ifname: string): Program {
    const source = { kind: 'redirect' } as const;
    return keep(kernelBackend.openProgram({ ifname, attachMode: 'auto', maxQueues: 1, source }));
  }

  /** The far end: sends numbered frames and takes what comes back. */
  async function tester() {
    const umem = keep(await Umem.open(kernelBackend, { frameCount: 128 }));
    const xsk = await Xsk.open(umem, { ifname: pair.b, ...RINGS });
    attach(pair.b).setSocket(xsk.socket);
    const fill = (count: number) => {
      const granted = xsk.fill.reserve(Math.min(count, umem.frames.free));
      for (let i = 0; i < granted; i++) xsk.fill.setAddress(i, umem.frames.take());
      xsk.fill.submit(granted);
    };
    fill(64);
    const send = (first: number, count: number) => {
      const granted = xsk.tx!.reserve(Math.min(count, umem.frames.free));
      for (let i = 0; i < granted; i++) {
        const address = umem.frames.take();
        umem.bytes.fill(0, address, address + LENGTH);
        umem.view.setUint16(address + 12, 0x88b5);
        umem.view.setUint32(address + 14, first + i);
        xsk.tx!.setDescriptor(i, address, LENGTH, 0);
      }
      xsk.tx!.submit(granted);
      expect([0, errno.EAGAIN]).toContain(xsk.socket.kick());
      const done = xsk.completion.peek(64);
      for (let i = 0; i < done; i++) umem.frames.give(xsk.completion.address(i));
      xsk.completion.release(done);
      return granted;
    };
    const receive = () => {
      const count = xsk.rx!.peek(64);
      const numbers: number[] = [];
      for (let i = 0; i < count; i++) {
        const address = xsk.rx!.address(i);
        expect(umem.bytes[address]).toBe(0xee);
        numbers.push(umem.view.getUint32(address + 14));
        umem.frames.give(address);
      }
      xsk.rx!.release(count);
      fill(count);
      return numbers;
    };
    return { send, receive };
  }

  /** Sends through the worker and back, a few at a time, until all have come. */
  async function exchange(total = TOTAL): Promise<void> {
    const { send, receive } = await tester();
    const numbers: number[] = [];
    const deadline = performance.now() + 20_000;
    for (let sent = 0; numbers.length < total && performance.now() < deadline; ) {
      if (sent < total && sent - numbers.length < 16) sent += send(sent, Math.min(8, total - sent));
      numbers.push(...receive());
      await kernelBackend.clock.sleep(1);
    }
    expect(numbers).toEqual(Array.from({ length: total }, (_, i) => i));
  }

  /** Every frame is free or in the fill ring again, and the kernel has dropped none. */
  function expectConserved(echoed: Record<string, number>, total = TOTAL): void {
    expect(echoed).toMatchObject({ received: total, completed: total });
    expect(echoed.free! + echoed.inFill!).toBe(echoed.before);
    expect(echoed.stats).toMatchObject({
      rxDropped: 0,
      rxInvalidDescs: 0,
      txInvalidDescs: 0,
      rxRingFull: 0,
    });
  }

  it('spare sockets and a map are enough to open everything there', async () => {
    const before = held();
    const worker = start(`
      core.setNoNewPrivileges();
      const before = core.kernelBackend.capabilities();
      const { objects, facts } = await channel.receive({ sockets: 'sockets', program: 'program' });
      const { sockets, program } = objects;
      const during = core.kernelBackend.capabilities();
      const umem = await core.Umem.open(core.kernelBackend, { frameCount: 128 });
      const xsk = await core.Xsk.open(umem, { ifname: facts.ifname, ...small });
      const left = sockets.count;
      const shared = xsk.share({ rxRingSize: 64, txRingSize: 64 });
      const none = await core.Umem.open(core.kernelBackend, { frameCount: 1 }).catch((e) => e.code);
      program.setSocket(xsk.socket);
      const counted = program.counters();
      await channel.send({}, 'ready');
      const echoed = echo(xsk, ${TOTAL}, core.kernelBackend);
      return { rights: rights(), echoed, left, none, budget: [xsk, shared].map((x) => x.effective.txBudget),
               before: before.code, during: during.supported, counted, after: sockets.count,
               counters: program.counters() };
    `);
    const program = attach(pair.a);
    const sockets = keep(kernelBackend.openSpareSockets!(2));
    await worker.channel.send({ sockets, program }, { ifname: pair.a });
    sockets.close();
    expect((await worker.channel.receive()).facts).toBe('ready');
    await exchange();
    const result = await worker.result();
    expect(result.rights).toEqual({ effective: NONE, permitted: NONE, noNewPrivs: '1' });
    expectConserved(result.echoed);
    expect(result).toMatchObject({
      before: 'FLUX_PERMISSION',
      during: true,
      left: 1,
      after: 0,
      none: 'FLUX_PERMISSION',
      counted: { redirected: 0, passed: 0 },
      counters: { redirected: TOTAL },
    });
    expect(new Set(result.budget).size).toBe(1);
    expect(program.counters().redirected).toBe(TOTAL);
    for (const object of opened.splice(0).reverse()) object.close();
    expect(held()).toEqual(before);
  });

  it('memory beyond its limit is registered by the broker, 64 MiB of 8', async () => {
    const frameCount = (64 * 2 ** 20) / 2048;
    const worker = start(`
      const alone = await core.Umem.open(core.kernelBackend, { frameCount: ${frameCount} }).catch((e) => e);
      const { objects, facts } = await channel.receive({ umem: 'umem', sockets: 'sockets', program: 'program' });
      const tooMuch = await core.Umem.open(core.kernelBackend, { frameCount: ${frameCount}, pages: '4k' })
        .catch(({ code, hint }) => ({ code, hint }));
      const umem = core.Umem.adopt(core.kernelBackend, objects.umem);
      const xsk = await core.Xsk.open(umem, { ifname: facts.ifname, ...small, busyPoll: facts.busyPoll });
      objects.program.setSocket(xsk.socket);
      await channel.send({}, 'ready');
      const echoed = echo(xsk, ${TOTAL}, core.kernelBackend);
      return { rights: rights(), echoed, alone: alone.code, tooMuch, spare: objects.sockets.count,
               size: umem.memory.size, frames: umem.frames.frameCount, effective: xsk.effective };
    `);
    const umem = keep(await Umem.open(kernelBackend, { frameCount, pages: '4k' }));
    const busyPoll = { timeUs: 20, budget: 32 };
    grantBusyPoll(umem.registration, busyPoll);
    confineToInterface(umem.registration, pair.a);
    const sockets = keep(kernelBackend.openSpareSockets!(1));
    const objects = { umem: umem.registration, sockets, program: attach(pair.a) };
    await worker.channel.send(objects, { ifname: pair.a, busyPoll });
    expect((await worker.channel.receive()).facts).toBe('ready');
    await exchange();
    const result = await worker.result();
    expect(result.rights).toMatchObject({ effective: NONE });
    expectConserved(result.echoed);
    expect(result).toMatchObject({
      alone: 'FLUX_PERMISSION',
      spare: 1, // What could not be registered has given its socket back.
      size: 64 * 2 ** 20,
      frames: frameCount,
      effective: { busyPoll },
      tooMuch: { code: 'FLUX_MEMLOCK' },
    });
    expect(result.tooMuch.hint).toContain(`${56 * 2 ** 20} are missing`);
  });

  it('a bound socket is driven there, and the queue is free when that process is killed', async () => {
    const worker = start(`
      const { objects, facts } = await channel.receive({ socket: 'socket', umem: 'umem' });
      const umem = core.Umem.adopt(core.kernelBackend, objects.umem, { firstFrame: 64, frameCount: 64 });
      const xsk = core.Xsk.adopt(umem, objects.socket, facts);
      await channel.send({}, 'ready');
      const echoed = echo(xsk, ${TOTAL}, core.kernelBackend);
      await channel.send({}, { rights: rights(), echoed, same: objects.socket.queue.umem === objects.umem });
      await channel.receive();
    `);
    const umem = await Umem.open(kernelBackend, { frameCount: 128 });
    const xsk = await Xsk.open(umem, { ifname: pair.a, ...RINGS });
    const program = attach(pair.a);
    program.setSocket(xsk.socket);
    const objects = { socket: xsk.socket, umem: umem.registration };
    await worker.channel.send(objects, { ...xsk.effective } as never);
    expect((await worker.channel.receive()).facts).toBe('ready');
    umem.close(); // The socket lives on, and keeps its place in the map.
    await exchange();
    // biome-ignore lint/suspicious/noExplicitAny: what the program above sends
    const result = (await worker.channel.receive()).facts as any;
    expect(result).toMatchObject({ same: true, rights: { effective: NONE } });
    expectConserved(result.echoed);
    worker.child.kill('SIGKILL');
    await worker.result().catch(() => {});
    const again = keep(await Umem.open(kernelBackend, { frameCount: 16 }));
    (await Xsk.open(again, { ifname: pair.a, ...RINGS })).close();
  });

  it('a socket that it opened goes the other way, into the map of the broker', async () => {
    const worker = start(`
      const { objects, facts } = await channel.receive({ sockets: 'sockets' });
      const umem = await core.Umem.open(core.kernelBackend, { frameCount: 128 });
      const xsk = await core.Xsk.open(umem, { ifname: facts, ...small });
      await channel.send({ socket: xsk.socket });
      const echoed = echo(xsk, ${TOTAL}, core.kernelBackend);
      return { rights: rights(), echoed };
    `);
    const sockets = kernelBackend.openSpareSockets!(1);
    await worker.channel.send({ sockets }, pair.a);
    sockets.close();
    const { socket } = (await worker.channel.receive({ socket: 'socket' })).objects;
    keep(socket.queue.umem.memory);
    expect(socket.queue).toMatchObject({ ifname: pair.a, queueId: 0 });
    attach(pair.a).setSocket(socket);
    await exchange();
    const result = await worker.result();
    expect(result.rights.effective).toBe(NONE);
    expectConserved(result.echoed);
  });
});
