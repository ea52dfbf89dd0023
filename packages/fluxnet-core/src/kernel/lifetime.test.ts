import { spawn } from 'node:child_process';
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
const redirect = (ifname: string) =>
  ({ ifname, attachMode: 'auto', maxQueues: 1, source: { kind: 'redirect' } }) as const;

/** Opens everything on an interface, then says so; for a process or worker that is to be ended. */
const holder = (ifname: string, then: string) => `
  import { parentPort } from 'node:worker_threads';
  import { kernelBackend, Umem, Xsk } from ${JSON.stringify(core)};
  const umem = await Umem.open(kernelBackend, { frameCount: 16 });
  const xsk = await Xsk.open(umem, { ifname: ${JSON.stringify(ifname)} });
  const program = kernelBackend.openProgram(${JSON.stringify(redirect(ifname))});
  program.setSocket(xsk.socket);
  ${then}`;

describe.runIf(hasKernel)('[kernel] lifetime', () => {
  let pair: VethPair;

  beforeEach(() => {
    pair = makeVethPair();
  });

  afterEach(() => pair.remove());

  async function openAll() {
    const umem = await Umem.open(kernelBackend, { frameCount: 64 });
    const xsk = await Xsk.open(umem, { ifname: pair.a });
    const program = kernelBackend.openProgram(redirect(pair.a));
    program.setSocket(xsk.socket);
    return { umem, xsk, program };
  }

  it('leaves no descriptor, mapping or program behind, fifty times', async () => {
    const once = await openAll();
    once.program.close();
    once.umem.close();
    const before = held();
    for (let i = 0; i < 50; i++) {
      const { umem, program } = await openAll();
      expect(kernelBackend.interfaceInfo(pair.a).program?.id).toBe(program.id);
      program.close();
      umem.close();
      expect(kernelBackend.interfaceInfo(pair.a).program).toBeUndefined();
    }
    expect(held()).toEqual(before);
  });

  it('detaches every buffer and answers calmly afterwards', async () => {
    const { umem, xsk, program } = await openAll();
    const { socket, queue } = xsk;
    const buffers = [umem.memory, socket.rx!, socket.tx!, queue.fill, queue.completion].map(
      ({ buffer }) => buffer,
    );
    expect(buffers.every((buffer) => buffer.byteLength > 0)).toBe(true);
    program.close();
    umem.close();
    expect(buffers.map((buffer) => buffer.byteLength)).toEqual([0, 0, 0, 0, 0]);
    expect([umem.bytes.length, umem.bytes[0], xsk.closed]).toEqual([0, undefined, true]);
    expect([xsk.rx!.peek(1), xsk.tx!.reserve(1), xsk.fill.reserve(1)]).toEqual([0, 0, 0]);
    expect([socket.kick(), socket.wakeRx(), socket.socketError()]).toEqual([
      errno.EBADF,
      errno.EBADF,
      errno.EBADF,
    ]);
    expect(() => socket.statistics()).toThrow(/FLUX_CLOSED/);
    expect(() => program.counters()).toThrow(/FLUX_CLOSED/);
    expect(() => program.setSocket(socket)).toThrow(/FLUX_CLOSED/);
    expect(() => socket.watch({ readable: true, writable: false }, () => {})).toThrow(
      /FLUX_CLOSED/,
    );
    expect(() =>
      kernelBackend.openQueue(umem.registration, {
        ifname: pair.a,
        queueId: 0,
        fillRingSize: 4,
        completionRingSize: 4,
      }),
    ).toThrow(/FLUX_CLOSED/);
    socket.unwatch();
    for (const object of [xsk, socket, queue, umem.registration, umem, program]) object.close();
  });

  it.each([
    ['memory first', ['memory']],
    ['registration first', ['registration', 'memory']],
    ['queue first', ['queue', 'registration', 'memory']],
    ['socket first', ['socket', 'queue', 'registration', 'memory']],
    ['program last', ['socket', 'memory', 'program']],
    ['program in between', ['socket', 'program', 'queue', 'memory']],
  ])('closes in any order: %s', async (_, order) => {
    const { umem, xsk, program } = await openAll();
    const objects: Record<string, { close(): void }> = {
      memory: umem,
      registration: umem.registration,
      queue: xsk.queue,
      socket: xsk.socket,
      program,
    };
    for (const name of order) objects[name]!.close();
    for (const object of Object.values(objects)) object.close();
    const again = await openAll();
    again.program.close();
    again.umem.close();
  });

  it('gives queue and interface back when the process is killed', async () => {
    const child = spawn(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        holder(pair.a, "console.log('ready'); setInterval(() => {}, 1e6);"),
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    await once(child.stdout, 'data');
    expect(kernelBackend.interfaceInfo(pair.a).program).toBeDefined();
    child.kill('SIGKILL');
    await once(child, 'exit');
    const { umem, program } = await openAll();
    program.close();
    umem.close();
  });

  it('gives queue and interface back when a worker is terminated that waits', async () => {
    const worker = new Worker(
      holder(
        pair.a,
        `xsk.socket.watch({ readable: true, writable: false }, () => {});
         parentPort.postMessage('ready');`,
      ),
      { eval: true, execArgv: ['--input-type=module'] },
    );
    await once(worker, 'message');
    await worker.terminate();
    const { umem, program } = await openAll();
    program.close();
    umem.close();
  });

  it('lets native code finish that was handed the memory before it was closed', async () => {
    const code = `
      import { deflateSync, deflate } from 'node:zlib';
      import { kernelBackend, Umem } from ${JSON.stringify(core)};
      const umem = await Umem.open(kernelBackend, { frameCount: 8192 });
      const done = new Promise((resolve) => deflate(umem.bytes, resolve));
      setTimeout(() => umem.close(), 5);
      await done;
      console.log('survived');`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [data] = await once(child.stdout, 'data');
    expect(String(data)).toContain('survived');
  });

  it('ends a process that closed everything, and one that closed nothing', async () => {
    for (const then of [
      'program.close(); umem.close();',
      'process.exit(0);',
      "throw new Error('x');",
    ]) {
      const child = spawn(process.execPath, ['--input-type=module', '-e', holder(pair.a, then)], {
        stdio: 'ignore',
      });
      const [code] = await once(child, 'exit');
      expect(code).toBe(then.startsWith('throw') ? 1 : 0);
      expect(kernelBackend.interfaceInfo(pair.a).program).toBeUndefined();
    }
  });
});
