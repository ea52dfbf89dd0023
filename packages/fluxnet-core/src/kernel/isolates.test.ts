import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hasKernel, held, makeVethPair, type VethPair } from '../../../../test/support/kernel.js';
import type { Program } from '../contract/program.js';
import { Umem } from '../umem.js';
import { Xsk } from '../xsk.js';
import { kernelBackend } from './kernel-backend.js';

const core = fileURLToPath(new URL('../../dist/index.js', import.meta.url));
const QUEUES = 2;
const SLICE = 64;

/** Code of a worker that has imported the queue that it was given. */
const importing = (then: string) => `
  import { parentPort, workerData } from 'node:worker_threads';
  import { kernelBackend, Umem, Xsk } from ${JSON.stringify(core)};
  const umem = Umem.import(kernelBackend, workerData.umem);
  const xsk = Xsk.import(umem, workerData.xsk);
  const { socket, rx, tx, fill, completion } = xsk;
  ${then}`;

/** Sends back every packet that arrives, with its first byte incremented. */
const ECHO = `
  const filled = fill.reserve(${SLICE / 2});
  for (let i = 0; i < filled; i++) fill.setAddress(i, umem.frames.take());
  fill.submit(filled);
  const set = kernelBackend.openPollSet();
  set.add(socket, { readable: true, writable: false });
  parentPort.postMessage(set.interruptToken);
  for (let echoed = 0; echoed < workerData.packets; ) {
    if (set.wait(5000) === 0) break;
    const count = rx.peek(${SLICE / 4});
    const sent = tx.reserve(count);
    for (let i = 0; i < sent; i++) {
      umem.bytes[rx.address(i)] += 1;
      tx.setDescriptor(i, rx.address(i), rx.length(i), 0);
    }
    tx.submit(sent);
    rx.release(sent);
    echoed += sent;
    while (socket.kick() !== 0) {}
    const done = completion.peek(${SLICE / 4});
    const free = fill.reserve(done);
    for (let i = 0; i < free; i++) fill.setAddress(i, completion.address(i) & -2048);
    fill.submit(free);
    completion.release(done);
  }
  parentPort.postMessage('done');`;

function start(code: string, workerData: unknown): Worker {
  return new Worker(importing(code), {
    eval: true,
    execArgv: ['--input-type=module'],
    workerData,
  });
}

const redirect = (ifname: string) =>
  ({ ifname, attachMode: 'auto', maxQueues: QUEUES, source: { kind: 'redirect' } }) as const;

describe.runIf(hasKernel)('[kernel] isolates', () => {
  let pair: VethPair;
  let umem: Umem;
  let program: Program;

  beforeEach(async () => {
    pair = makeVethPair(QUEUES);
    umem = await Umem.open(kernelBackend, { frameCount: 4 * SLICE });
    program = kernelBackend.openProgram(redirect(pair.b));
  });

  afterEach(() => {
    program.close();
    umem.close();
    pair.remove();
  });

  async function openQueue(queueId = 0): Promise<Xsk> {
    const xsk = await Xsk.open(umem, { ifname: pair.b, queueId });
    program.setSocket(xsk.socket);
    return xsk;
  }

  it('drives a queue from a worker, in a slice of the frames, over the same memory', async () => {
    const echo = await openQueue();
    const slice = umem.frames.split(SLICE);
    const worker = start(ECHO, { umem: umem.export(slice), xsk: echo.export(), packets: 500 });
    const ended = once(worker, 'exit');
    await once(worker, 'message');
    const peer = await Xsk.open(umem, { ifname: pair.a });
    const answers = kernelBackend.openProgram(redirect(pair.a));
    answers.setSocket(peer.socket);
    let received = 0;
    for (let sent = 0; received < 500; ) {
      const frame = sent < 500 && sent - received < 8 ? umem.frames.take() : -1;
      if (frame >= 0 && peer.tx!.reserve(1) === 1) {
        peer.fill.reserve(1);
        peer.fill.setAddress(0, umem.frames.take());
        peer.fill.submit(1);
        umem.bytes[frame] = 0x40;
        umem.bytes.fill(sent & 0xff, frame + 14, frame + 60);
        peer.tx!.setDescriptor(0, frame, 60, 0);
        peer.tx!.submit(1);
        peer.socket.kick();
        sent++;
      }
      const done = peer.completion.peek(8);
      for (let i = 0; i < done; i++) umem.frames.give(peer.completion.address(i));
      peer.completion.release(done);
      const count = peer.rx!.peek(8);
      for (let i = 0; i < count; i++) {
        const at = peer.rx!.address(i);
        expect([umem.bytes[at], umem.bytes[at + 14]]).toEqual([0x41, received++ & 0xff]);
        umem.frames.give(at);
      }
      peer.rx!.release(count);
      if (count === 0) await kernelBackend.clock.sleep(1);
    }
    await ended;
    answers.close();
    expect(umem.frames.frameCount).toBe(3 * SLICE);
  });

  it('is one object in an isolate, however often it is imported', async () => {
    const xsk = await openQueue();
    const exported = umem.export();
    expect(kernelBackend.importObject!(exported.registration)).toBe(umem.registration);
    expect(Xsk.import(umem, xsk.export()).socket).toBe(xsk.socket);
    expect(xsk.export()).toEqual(xsk.export());
    const worker = start(
      `const again = Umem.import(kernelBackend, workerData.umem);
       const other = Xsk.import(again, workerData.other);
       parentPort.postMessage([
         again.registration === umem.registration, again.memory.buffer === umem.memory.buffer,
         other.queue === xsk.queue, other.queue.umem === umem.registration,
       ]);`,
      { umem: umem.export(), xsk: xsk.export(), other: (await openQueue(1)).export() },
    );
    expect(await once(worker, 'message')).toEqual([[true, true, false, true]]);
  });

  it('leaves an object open when a worker closes its import or ends', async () => {
    const xsk = await openQueue();
    const before = held();
    for (const end of ['umem.close();', 'xsk.close(); xsk.close();', 'process.exit(0);', '']) {
      const worker = start(`parentPort.postMessage(socket.kick()); ${end}`, {
        umem: umem.export(),
        xsk: xsk.export(),
      });
      const exited = once(worker, 'exit');
      expect(await once(worker, 'message')).toEqual([0]);
      await exited;
      expect([xsk.closed, xsk.socket.kick(), xsk.fill.reserve(1)]).toEqual([false, 0, 1]);
      xsk.fill.cancel(1);
      expect(umem.bytes.length).toBe(umem.memory.size);
    }
    expect(held()).toEqual(before);
  });

  it('does not import what was closed, never was, or is something else', async () => {
    const xsk = await openQueue();
    const exported = { umem: umem.export(), xsk: xsk.export(), memory: umem.memory };
    const { registration } = exported.umem;
    xsk.close();
    const importObject = (value: unknown) => kernelBackend.importObject!(value as never);
    const code = (of: unknown) => {
      try {
        importObject(of);
        return 'imported';
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    expect(code(exported.xsk.socket)).toBe('FLUX_CLOSED');
    expect(code({ ...registration, token: 2 ** 40 })).toBe('FLUX_CLOSED');
    for (const token of [0, -1, 1.5, Number.NaN, 2 ** 53, '1', undefined, {}]) {
      expect(code({ ...registration, token })).toBe('FLUX_INVALID_OPTION');
    }
    for (const value of [undefined, null, 1, {}, { kind: 'memory' }]) {
      expect(code(value)).toBe('FLUX_INVALID_OPTION');
    }
    expect(() => xsk.export()).toThrow(/FLUX_CLOSED/);
    expect(() => kernelBackend.exportObject!({} as never, 'isolate')).toThrow(/FLUX_INVALID/);
    // A token of another kind: in this isolate the table answers, in another one the addon.
    const worker = new Worker(
      `const { parentPort, workerData } = require('node:worker_threads');
       import(${JSON.stringify(core)}).then(({ kernelBackend }) => {
         parentPort.postMessage(workerData.map((exported) => {
           try { kernelBackend.importObject(exported); return 'imported'; }
           catch (error) { return error.code; }
         }));
       });`,
      {
        eval: true,
        workerData: [
          { ...registration, kind: 'queue' },
          { ...registration, kind: 'program' },
          { ...registration, kind: 'nothing' },
          { ...registration, facts: {} },
          { ...registration, parent: undefined },
          registration,
        ],
      },
    );
    expect(await once(worker, 'message')).toEqual([
      [
        ...Array.from({ length: 5 }, () => 'FLUX_INVALID_OPTION'),
        'imported', //
      ],
    ]);
  });
});
