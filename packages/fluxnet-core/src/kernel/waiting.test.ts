import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hasKernel, makeVethPair, type VethPair } from '../../../../test/support/kernel.js';
import type { Program } from '../contract/program.js';
import { errno } from '../errno.js';
import { Umem } from '../umem.js';
import { Xsk } from '../xsk.js';
import { kernelBackend } from './kernel-backend.js';

const READABLE = { readable: true, writable: false };

describe.runIf(hasKernel)('[kernel] waiting', () => {
  let pair: VethPair;
  let sender: Xsk;
  let receiver: Xsk;
  let program: Program;

  beforeEach(async () => {
    pair = makeVethPair();
    const open = async (ifname: string) =>
      Xsk.open(await Umem.open(kernelBackend, { frameCount: 16 }), { ifname });
    sender = await open(pair.a);
    receiver = await open(pair.b);
    program = kernelBackend.openProgram({
      ifname: pair.b,
      attachMode: 'auto',
      maxQueues: 1,
      source: { kind: 'redirect' },
    });
    program.setSocket(receiver.socket);
    const frames = receiver.fill.reserve(8);
    for (let i = 0; i < frames; i++) receiver.fill.setAddress(i, receiver.umem.frames.take());
    receiver.fill.submit(frames);
  });

  afterEach(() => {
    program.close();
    sender.umem.close();
    receiver.umem.close();
    pair.remove();
  });

  function sendOne(): void {
    sender.tx!.reserve(1);
    sender.tx!.setDescriptor(0, sender.umem.frames.take(), 60, 0);
    sender.tx!.submit(1);
    expect(sender.socket.kick()).toBe(0);
  }

  it('watches once, and again when asked again', async () => {
    let calls = 0;
    receiver.socket.watch(READABLE, () => calls++);
    await kernelBackend.clock.sleep(20);
    expect(calls).toBe(0);
    sendOne();
    await kernelBackend.clock.sleep(20);
    expect(calls).toBe(1);
    sendOne(); // Nobody watches now, although the socket is readable.
    await kernelBackend.clock.sleep(20);
    expect(calls).toBe(1);
    receiver.socket.watch(READABLE, () => calls++);
    await kernelBackend.clock.sleep(20);
    expect(calls).toBe(2);
  });

  it('does not call a listener that was unwatched or whose socket was closed', async () => {
    let calls = 0;
    receiver.socket.watch(READABLE, () => calls++);
    receiver.socket.unwatch();
    sendOne();
    await kernelBackend.clock.sleep(20);
    receiver.socket.watch(READABLE, () => calls++);
    receiver.close();
    await kernelBackend.clock.sleep(20);
    expect(calls).toBe(0);
  });

  it('may close the socket inside the listener', async () => {
    await new Promise<void>((resolve) => {
      receiver.socket.watch(READABLE, () => {
        receiver.close();
        resolve();
      });
      sendOne();
    });
    expect(receiver.closed).toBe(true);
  });

  it('makes an error of a listener an uncaught exception, and loses no other wake', async () => {
    const errors: unknown[] = [];
    const previous = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    process.on('uncaughtException', (error) => errors.push(error));
    try {
      const mine = new Error('mine');
      let calls = 0;
      sendOne();
      receiver.socket.watch(READABLE, () => {
        throw mine;
      });
      sender.socket.watch({ readable: false, writable: true }, () => calls++);
      await kernelBackend.clock.sleep(20);
      expect(errors).toEqual([mine]);
      expect(calls).toBe(1);
      expect(receiver.socket.kick()).toBe(0);
    } finally {
      process.removeAllListeners('uncaughtException');
      for (const listener of previous) process.on('uncaughtException', listener);
    }
  });

  it('sleeps until readable, or until the time is over', () => {
    const set = kernelBackend.openPollSet();
    const index = set.add(receiver.socket, READABLE);
    const started = performance.now();
    expect(set.wait(50)).toBe(0);
    expect(performance.now() - started).toBeGreaterThan(45);
    sendOne();
    expect(set.wait(1000)).toBe(1);
    expect([set.readable(index), set.writable(index), set.readable(99)]).toEqual([
      true,
      false,
      false,
    ]);
    expect(set.add(receiver.socket, { readable: false, writable: true })).toBe(index);
    expect(set.wait(0)).toBe(1);
    expect([set.readable(index), set.writable(index)]).toEqual([false, true]);
    set.close();
    set.close();
    expect(set.wait(0)).toBe(errno.EBADF);
  });

  it('forgets a socket that was closed', async () => {
    const set = kernelBackend.openPollSet();
    set.add(receiver.socket, READABLE);
    sendOne();
    receiver.close();
    expect(set.wait(0)).toBe(0);
    // The set must not hold the queue either.
    const again = await Xsk.open(receiver.umem, { ifname: pair.b });
    again.close();
    set.close();
  });

  it('ends the next wait at once when it was interrupted before', () => {
    const set = kernelBackend.openPollSet();
    set.add(receiver.socket, READABLE);
    set.interrupt();
    const started = performance.now();
    expect(set.wait(2000)).toBe(0);
    expect(performance.now() - started).toBeLessThan(500);
    expect(set.wait(0)).toBe(0);
    set.close();
  });

  it('is interrupted by its token from another thread', async () => {
    const core = fileURLToPath(new URL('../../dist/index.js', import.meta.url));
    const worker = new Worker(
      `import { parentPort } from 'node:worker_threads';
       import { kernelBackend } from ${JSON.stringify(core)};
       const set = kernelBackend.openPollSet();
       parentPort.postMessage(set.interruptToken);
       parentPort.postMessage(set.wait(10_000));`,
      { eval: true, execArgv: ['--input-type=module'] },
    );
    const exited = once(worker, 'exit'); // May come together with the last message.
    const [token] = await once(worker, 'message');
    await kernelBackend.clock.sleep(100);
    const started = performance.now();
    kernelBackend.interrupt(token);
    expect(await once(worker, 'message')).toEqual([0]);
    expect(performance.now() - started).toBeLessThan(1000);
    await exited;
    kernelBackend.interrupt(token); // Nobody is there any more.
  });
});
