import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hasKernel, held, makeVethPair, type VethPair } from '../../../../test/support/kernel.js';
import { errno } from '../errno.js';
import { Umem } from '../umem.js';
import { Xsk } from '../xsk.js';
import { kernelBackend } from './kernel-backend.js';

const core = fileURLToPath(new URL('../../dist/index.js', import.meta.url));

/** What a worker may be at when the end comes. Each says `ready` first, some never say more. */
const STATES = {
  open: `parentPort.once('message', () => parentPort.postMessage(look())); ready();`,
  'in a batch': `
    fill.reserve(8); rx.peek(8); tx.reserve(8);
    parentPort.once('message', () => {
      fill.submit(8); tx.submit(8); umem.bytes[0] = 1;
      parentPort.postMessage(look());
    });
    ready();`,
  polling: `ready(); set.wait(-1); parentPort.postMessage(look());`,
  spinning: `ready(); while (xsk.socket.wakeRx() !== ${errno.EBADF}) rx.peek(8); parentPort.postMessage(look());`,
  watching: `
    socket.watch({ readable: true, writable: false }, () => parentPort.postMessage(look()));
    ready();`,
  closed: `umem.close(); ready(); parentPort.once('message', () => parentPort.postMessage(look()));`,
} as const;
type State = keyof typeof STATES;
const states = Object.keys(STATES) as State[];

const PRELUDE = `
  import { parentPort, workerData } from 'node:worker_threads';
  import { kernelBackend, Umem, Xsk } from ${JSON.stringify(core)};
  const ready = () => parentPort.postMessage('ready');
  const look = () => {
    // A socket is closed before the memory: until then the worker may see the frames.
    while (umem.bytes.length > 0 && Atomics.load(umem.bytes, 2048) !== 0);
    return seen();
  };
  const seen = () => [
    socket.kick(), socket.wakeRx(), socket.socketError(), rx.peek(1), tx.reserve(1), fill.reserve(1),
    umem.bytes[2048] ?? 0, xsk.closed,
  ];
  const set = kernelBackend.openPollSet();
  const watchedFrom = () => set.add(socket, { readable: true, writable: false });`;

/** The worker drives a queue that this isolate has opened. */
const borrowing = (state: State) => `${PRELUDE}
  const umem = Umem.import(kernelBackend, workerData.umem);
  const xsk = Xsk.import(umem, workerData.xsk);
  const { socket, rx, tx, fill } = xsk;
  watchedFrom();
  ${STATES[state]}`;

/** The worker opens everything itself. */
const owning = (state: State) => `${PRELUDE}
  const umem = await Umem.open(kernelBackend, { frameCount: 16 });
  const xsk = await Xsk.open(umem, { ifname: workerData.ifname });
  const { socket, rx, tx, fill } = xsk;
  const program = kernelBackend.openProgram(
    { ifname: workerData.ifname, attachMode: 'auto', maxQueues: 1, source: { kind: 'redirect' } },
  );
  program.setSocket(socket);
  watchedFrom();
  ${STATES[state]}`;

async function start(code: string, workerData: unknown): Promise<Worker> {
  const execArgv = ['--input-type=module'];
  const worker = new Worker(code, { eval: true, execArgv, workerData });
  expect(await once(worker, 'message')).toEqual(['ready']);
  await kernelBackend.clock.sleep(20); // So that it sleeps, spins or waits by now.
  return worker;
}

describe.runIf(hasKernel)('[kernel] lifetime across isolates', () => {
  let pair: VethPair;

  beforeEach(() => {
    pair = makeVethPair();
  });

  afterEach(() => pair.remove());

  /** The queue is free, and everything can be had again. */
  async function expectFree(): Promise<void> {
    const umem = await Umem.open(kernelBackend, { frameCount: 16 });
    const xsk = await Xsk.open(umem, { ifname: pair.a });
    expect(kernelBackend.interfaceInfo(pair.a).program).toBeUndefined();
    expect(xsk.socket.kick()).toBe(0);
    umem.close();
  }

  describe('a parent that closes', () => {
    it.each(states)('frees the queue at once while a worker is %s', async (state) => {
      const umem = await Umem.open(kernelBackend, { frameCount: 16 });
      const xsk = await Xsk.open(umem, { ifname: pair.a });
      umem.bytes.fill(7);
      const worker = await start(borrowing(state), { umem: umem.export(), xsk: xsk.export() });
      const answer = once(worker, 'message');
      umem.close();
      umem.close();
      await expectFree(); // The worker still has its imports, and is still running.
      worker.postMessage('look');
      const [seen] = await answer;
      const { EBADF } = errno;
      expect(seen.slice(0, 3)).toEqual([EBADF, EBADF, EBADF]);
      expect(seen.slice(6)).toEqual([0, true]);
      await worker.terminate();
      await expectFree();
    });
  });

  describe('a worker that is terminated', () => {
    it.each(states)('frees its queue while it is %s', async (state) => {
      const worker = await start(owning(state), { ifname: pair.a });
      const started = performance.now();
      await worker.terminate();
      expect(performance.now() - started).toBeLessThan(1000);
      await expectFree();
    });

    it.each(states)('leaves the queue of its parent open while it is %s', async (state) => {
      const umem = await Umem.open(kernelBackend, { frameCount: 16 });
      const xsk = await Xsk.open(umem, { ifname: pair.a });
      const before = held();
      const worker = await start(borrowing(state), { umem: umem.export(), xsk: xsk.export() });
      await worker.terminate();
      expect([xsk.closed, xsk.socket.kick(), umem.bytes.length]).toEqual([
        false,
        0,
        umem.memory.size,
      ]);
      expect(held()).toEqual(before);
      umem.close();
      await expectFree();
    });
  });

  it('closes what a worker has opened on an imported registration', async () => {
    const umem = await Umem.open(kernelBackend, { frameCount: 16 });
    const worker = await start(
      `${PRELUDE}
       const umem = Umem.import(kernelBackend, workerData.umem);
       const xsk = await Xsk.open(umem, { ifname: workerData.ifname });
       const { socket, rx, tx, fill } = xsk;
       ${STATES.polling.replace('set.wait', 'watchedFrom(); set.wait')}`,
      { umem: umem.export(), ifname: pair.a },
    );
    const answer = once(worker, 'message');
    umem.close();
    await expectFree();
    expect((await answer)[0].slice(0, 2)).toEqual([errno.EBADF, errno.EBADF]);
    await worker.terminate();
  });

  it('closes for its importers what a terminated worker has opened', async () => {
    const worker = new Worker(
      `${PRELUDE}
       const umem = await Umem.open(kernelBackend, { frameCount: 16 });
       const xsk = await Xsk.open(umem, { ifname: workerData.ifname });
       parentPort.postMessage({ umem: umem.export(), xsk: xsk.export() });
       set.wait(-1);`,
      { eval: true, execArgv: ['--input-type=module'], workerData: { ifname: pair.a } },
    );
    const [exported] = await once(worker, 'message');
    const umem = Umem.import(kernelBackend, exported.umem);
    const xsk = Xsk.import(umem, exported.xsk);
    umem.bytes.fill(7);
    expect(xsk.socket.kick()).toBe(0);
    await worker.terminate();
    expect([xsk.closed, xsk.socket.kick(), umem.bytes[0]]).toEqual([true, errno.EBADF, 0]);
    await expectFree();
    umem.close();
    expect(umem.bytes.length).toBe(0);
  });

  it('ends the process although a worker sleeps without limit', async () => {
    const { spawn } = await import('node:child_process');
    const code = `
      import { Worker } from 'node:worker_threads';
      const worker = new Worker(${JSON.stringify(owning('polling'))}, {
        eval: true, execArgv: ['--input-type=module'], workerData: { ifname: '${pair.a}' },
      });
      worker.once('message', () => setTimeout(() => process.exit(0), 20));`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
      stdio: 'inherit',
    });
    expect(await once(child, 'exit')).toEqual([0, null]);
    await expectFree();
  });
});
