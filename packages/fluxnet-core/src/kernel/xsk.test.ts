import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hasKernel, ip, makeVethPair, type VethPair } from '../../../../test/support/kernel.js';
import { DESC_CONTINUED } from '../contract/ring.js';
import { Umem } from '../umem.js';
import { Xsk } from '../xsk.js';
import type { XskOpenOptions } from '../xsk-options.js';
import { kernelBackend } from './kernel-backend.js';

const settle = () => kernelBackend.clock.sleep(20);

/** Gives the kernel frames to receive into. */
function fill(xsk: Xsk, count: number): void {
  const granted = xsk.fill.reserve(count);
  for (let i = 0; i < granted; i++) xsk.fill.setAddress(i, xsk.umem.frames.take());
  xsk.fill.submit(granted);
}

/** Sends packets as lists of pieces, each a frame filled with one byte value. */
function send(xsk: Xsk, packets: readonly { length: number; value: number }[][]): void {
  const tx = xsk.tx!;
  for (const pieces of packets) {
    expect(tx.reserve(pieces.length)).toBe(pieces.length);
    pieces.forEach(({ length, value }, i) => {
      const address = xsk.umem.frames.take();
      xsk.umem.bytes.fill(value, address, address + length);
      tx.setDescriptor(i, address, length, i < pieces.length - 1 ? DESC_CONTINUED : 0);
    });
    tx.submit(pieces.length);
  }
  expect(xsk.socket.kick()).toBe(0);
}

describe.runIf(hasKernel)('[kernel] sockets', () => {
  let pair: VethPair;
  const umems: Umem[] = [];
  const programs: { close(): void }[] = [];

  beforeEach(() => {
    pair = makeVethPair();
  });

  afterEach(() => {
    for (const program of programs.splice(0)) program.close();
    for (const umem of umems.splice(0)) umem.close();
    pair.remove();
  });

  async function open(options: XskOpenOptions, frameSize = 2048): Promise<Xsk> {
    const umem = await Umem.open(kernelBackend, { frameCount: 64, frameSize });
    umems.push(umem);
    return Xsk.open(umem, options);
  }

  function attach(xsk: Xsk): void {
    const program = kernelBackend.openProgram({
      ifname: xsk.queue.ifname,
      attachMode: 'native',
      maxQueues: 1,
      source: { kind: 'redirect' },
    });
    programs.push(program);
    program.setSocket(xsk.socket);
  }

  it('gives the fill ring of a queue that only sends frames, when asked', async () => {
    const options = { ifname: pair.a, rxRingSize: 0, fillRingSize: 16 };
    const none = await open(options);
    expect(none.effective.prefilledFrames).toBe(0);
    const { umem } = none;
    const { free } = umem.frames;
    none.close();
    for (let round = 0; round < 3; round++) {
      const xsk = await Xsk.open(umem, { ...options, prefillTxOnly: true });
      expect([xsk.effective.prefilledFrames, xsk.fill.pending]).toEqual([16, 16]);
      expect(umem.frames.free).toBe(free - 16);
      xsk.close();
    }
    (await Xsk.open(umem, options)).close();
    expect(umem.frames.free).toBe(free);
  });

  it('a second queue of a registration inherits the modes of the first', async () => {
    const first = await open({ ifname: pair.a, multiBuffer: true, needWakeup: false });
    const { umem } = first;
    const second = await Xsk.open(umem, { ifname: pair.b });
    expect(second.effective).toMatchObject({ multiBuffer: true, needWakeup: false });
    // And so it does: a frame holds 1792 bytes, less than the packet has.
    attach(second);
    fill(second, 8);
    ip(`link set ${pair.a} mtu 2000`);
    ip(`link set ${pair.b} mtu 2000`);
    const pieces = [1400, 600].map((length) => ({ length, value: 1 }));
    send(first, [pieces]);
    for (let tries = 0; second.rx!.pending < 2 && tries < 200; tries++) {
      await kernelBackend.clock.sleep(10);
    }
    expect(second.rx!.peek(8)).toBe(2);
    expect([second.rx!.length(0), second.rx!.length(1)]).toEqual([1792, 208]);
    first.close();
    second.close();
    const plain = await Xsk.open(umem, { ifname: pair.a });
    expect(plain.effective).toMatchObject({ multiBuffer: false, needWakeup: true });
    await expect(Xsk.open(umem, { ifname: pair.b, multiBuffer: true })).rejects.toMatchObject({
      code: 'FLUX_UNSUPPORTED',
      hint: expect.stringContaining('registerAgain'),
    });
    const other = await umem.registerAgain();
    const third = await Xsk.open(other, { ifname: pair.b, multiBuffer: true });
    expect(third.effective.multiBuffer).toBe(true);
  });

  it('only receive, or only send', async () => {
    const sender = await open({ ifname: pair.a, rxRingSize: 0 });
    const receiver = await open({ ifname: pair.b, txRingSize: 0 });
    expect([sender.rx, receiver.tx]).toEqual([undefined, undefined]);
    attach(receiver);
    fill(receiver, 8);
    send(sender, [[{ length: 60, value: 7 }]]);
    await settle();
    expect(receiver.rx!.peek(8)).toBe(1);
    expect(receiver.umem.bytes[receiver.rx!.address(0)]).toBe(7);
    expect([sender.closed, receiver.closed]).toEqual([false, false]);
    await expect(open({ ifname: pair.a, rxRingSize: 0, txRingSize: 0 })).rejects.toMatchObject({
      code: 'FLUX_INVALID_OPTION',
    });
  });

  it('share a queue: own RX and TX rings, one fill and completion ring', async () => {
    const receiver = await open({ ifname: pair.b });
    const first = await open({ ifname: pair.a });
    const second = first.share({ txRingSize: 64, rxRingSize: 0 });
    expect(second.queue).toBe(first.queue);
    expect([second.fill === first.fill, second.completion === first.completion]).toEqual([
      true,
      true,
    ]);
    attach(receiver);
    fill(receiver, 8);
    send(first, [[{ length: 60, value: 1 }]]);
    send(second, [[{ length: 60, value: 2 }]]);
    await settle();
    expect(receiver.rx!.peek(8)).toBe(2);
    const values = [0, 1].map((i) => receiver.umem.bytes[receiver.rx!.address(i)]);
    expect(values).toEqual([1, 2]);
    expect(first.completion.peek(8)).toBe(2);
    second.close();
    expect([second.closed, first.closed]).toEqual([true, false]);
    const third = second.share();
    first.close();
    expect([third.closed, first.closed]).toEqual([true, true]);
    expect(third.tx!.reserve(1)).toBe(0);
  });

  it('serve several queues of an interface over one memory', async () => {
    const wide = makeVethPair(2);
    try {
      const umem = await Umem.open(kernelBackend, { frameCount: 64 });
      umems.push(umem);
      const queues = [
        await Xsk.open(umem, { ifname: wide.a, queueId: 0 }),
        await Xsk.open(umem, { ifname: wide.a, queueId: 1 }),
      ];
      const receivers = await Promise.all(
        [0, 1].map((queueId) => open({ ifname: wide.b, queueId })),
      );
      const program = kernelBackend.openProgram({
        ifname: wide.b,
        attachMode: 'native',
        maxQueues: 2,
        source: { kind: 'redirect' },
      });
      programs.push(program);
      for (const receiver of receivers) {
        program.setSocket(receiver.socket);
        fill(receiver, 8);
      }
      queues.forEach((xsk, queueId) => {
        send(xsk, [[{ length: 60, value: 10 + queueId }]]);
      });
      await settle();
      for (const [queueId, receiver] of receivers.entries()) {
        expect(receiver.rx!.peek(8)).toBe(1);
        expect(receiver.umem.bytes[receiver.rx!.address(0)]).toBe(10 + queueId);
      }
    } finally {
      for (const program of programs.splice(0)) program.close();
      for (const umem of umems.splice(0)) umem.close();
      wide.remove();
    }
  });

  it('send and receive 9000 bytes as several descriptors', async () => {
    for (const end of [pair.a, pair.b]) ip(`link set ${end} mtu 9000`);
    const sender = await open({ ifname: pair.a }, 4096);
    const receiver = await open({ ifname: pair.b, multiBuffer: true }, 4096);
    expect(receiver.effective.multiBuffer).toBe(true);
    attach(receiver);
    fill(receiver, 16);
    const pieces = [4096, 4096, 808].map((length, i) => ({ length, value: i + 1 }));
    send(sender, [pieces, [{ length: 60, value: 9 }]]);
    await settle();
    const rx = receiver.rx!;
    expect(rx.peek(16)).toBe(4);
    // 4096 bytes less 256 of headroom fit into a frame.
    expect([0, 1, 2, 3].map((i) => rx.length(i))).toEqual([3840, 3840, 1320, 60]);
    expect([0, 1, 2, 3].map((i) => rx.options(i) & DESC_CONTINUED)).toEqual([1, 1, 0, 0]);
    const packet = [0, 1, 2].flatMap((i) => [
      ...receiver.umem.bytes.subarray(rx.address(i), rx.address(i) + rx.length(i)),
    ]);
    expect(packet).toEqual(pieces.flatMap(({ length, value }) => Array(length).fill(value)));
    expect(sender.completion.peek(16)).toBe(4);
  });

  it('raise the TX budget, and send as many packets in one kick', async () => {
    const receiver = await open({ ifname: pair.b });
    attach(receiver);
    fill(receiver, 60);
    const xsk = await open({ ifname: pair.a, txBudget: 64 });
    expect(xsk.effective.txBudget).toBe(64);
    send(
      xsk,
      Array.from({ length: 60 }, (_, i) => [{ length: 60, value: i }]),
    );
    await settle();
    expect(receiver.rx!.peek(64)).toBe(60);
    const usual = await open({ ifname: pair.b, txRingSize: 32 }).catch((error) => error);
    expect(usual.code).toBe('FLUX_QUEUE_BUSY');
  });

  it.each([
    [{ txBudget: 31 }, 'an integer from 32 to 2048'],
    [{ txBudget: 2049 }, 'an integer from 32 to 2048'],
    [{ txBudget: 32, txRingSize: 16 }, "'auto', where the TX ring has 16 entries"],
    [{ busyPoll: { timeUs: 0 } }, 'an integer from 1 to 1000000'],
    [{ busyPoll: { budget: 65536 } }, 'an integer from 1 to 65535'],
    [{ multiBuffer: 1 }, 'true | false'],
  ])('refuse %j', async (options, allowed) => {
    await expect(open({ ifname: pair.a, ...options } as never)).rejects.toMatchObject({
      code: 'FLUX_INVALID_OPTION',
      context: { allowed },
    });
  });

  it('poll busily where asked to', async () => {
    const xsk = await open({ ifname: pair.a, busyPoll: { timeUs: 30 } });
    expect(xsk.effective.busyPoll).toEqual({
      timeUs: 30,
      budget: 64,
      interruptsDeferred: undefined, // sysfs is of another namespace.
      hint: expect.stringContaining(`/sys/class/net/${pair.a}/napi_defer_hard_irqs`),
    });
    // The budget can be set, but not read (sk_getsockopt, net/core/sock.c).
    const [SOL_SOCKET, SO_BUSY_POLL, SO_PREFER_BUSY_POLL] = [1, 46, 69];
    const read = (option: number) => xsk.socket.getOption(SOL_SOCKET!, option);
    expect(read(SO_BUSY_POLL!)).toBe(30);
    expect(read(SO_PREFER_BUSY_POLL!)).toBe(1);
  });

  it('refuse a forced mode that the shared memory does not have', async () => {
    const xsk = await open({ ifname: pair.a });
    await expect(
      Xsk.open(xsk.umem, { ifname: pair.b, copyMode: 'zerocopy' }),
    ).rejects.toMatchObject({ code: 'FLUX_UNSUPPORTED' });
    const inherited = await Xsk.open(xsk.umem, { ifname: pair.b, copyMode: 'copy' });
    expect(inherited.effective.copyMode).toBe('copy');
  });

  it('open on a memory one of whose interfaces was removed', async () => {
    const umem = await Umem.open(kernelBackend, { frameCount: 64 });
    umems.push(umem);
    const gone = makeVethPair();
    await Xsk.open(umem, { ifname: gone.a });
    gone.remove();
    const xsk = await Xsk.open(umem, { ifname: pair.a });
    expect(xsk.socket.kick()).toBe(0);
  });

  it('are opened in the order of the queue: the first must be bound first', () => {
    const memory = kernelBackend.openMemory({ size: 4096, pages: '4k' });
    const umem = kernelBackend.openUmem(memory, {
      chunkSize: 4096,
      frameHeadroom: 0,
      unaligned: false,
    });
    const queue = kernelBackend.openQueue(umem, {
      ifname: pair.a,
      queueId: 0,
      fillRingSize: 4,
      completionRingSize: 4,
    });
    kernelBackend.openSocket(queue, { rxRingSize: 4, txRingSize: 0 });
    expect(() => kernelBackend.openSocket(queue, { rxRingSize: 4, txRingSize: 0 })).toThrow(
      /bind the first socket of the queue first/,
    );
    memory.close();
  });

  it('are closed with whatever they were opened on', async () => {
    for (const part of ['queue', 'registration', 'memory'] as const) {
      const xsk = await open({ ifname: pair.a });
      if (part === 'queue') xsk.queue.close();
      else if (part === 'registration') xsk.umem.registration.close();
      else xsk.umem.memory.close();
      expect(xsk.closed).toBe(true);
      expect([xsk.rx!.peek(1), xsk.tx!.reserve(1), xsk.tx!.pending, xsk.tx!.needsWakeup]).toEqual([
        0,
        0,
        0,
        false,
      ]);
    }
  });
});
