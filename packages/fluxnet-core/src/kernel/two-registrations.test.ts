import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hasKernel, makeVethPair, type VethPair } from '../../../../test/support/kernel.js';
import { errno } from '../errno.js';
import { Umem } from '../umem.js';
import { Xsk } from '../xsk.js';
import { kernelBackend } from './kernel-backend.js';

const FRAMES = 128;
const LENGTH = 60;

function refill({ fill, umem }: Xsk, count: number): void {
  const granted = fill.reserve(count);
  for (let i = 0; i < granted; i++) fill.setAddress(i, umem.frames.take());
  fill.submit(granted);
}

/** Sends numbered packets and takes their frames back. */
function send(xsk: Xsk, numbers: readonly number[]): void {
  const { umem } = xsk;
  const tx = xsk.tx!;
  expect(tx.reserve(numbers.length)).toBe(numbers.length);
  numbers.forEach((number, i) => {
    const address = umem.frames.take();
    umem.view.setUint16(address + 12, 0x88b5);
    umem.view.setUint32(address + 14, number);
    tx.setDescriptor(i, address, LENGTH, 0);
  });
  tx.submit(numbers.length);
  expect(xsk.socket.kick()).toBe(0);
  collect(xsk);
}

function collect({ completion, umem }: Xsk): number[] {
  const count = completion.peek(completion.size);
  const addresses = Array.from({ length: count }, (_, i) => completion.address(i));
  completion.release(count);
  for (const address of addresses) expect(umem.frames.give(address)).toBe(true);
  return addresses;
}

/** Takes what came in; the frames go back to where they came from. */
function receive(xsk: Xsk): number[] {
  const { umem } = xsk;
  const rx = xsk.rx!;
  const count = rx.peek(rx.size);
  const numbers = Array.from({ length: count }, (_, i) => umem.view.getUint32(rx.address(i) + 14));
  for (let i = 0; i < count; i++) umem.frames.give(rx.address(i));
  rx.release(count);
  refill(xsk, count);
  return numbers;
}

describe.runIf(hasKernel)('[kernel] one memory, registered twice', () => {
  const pairs: VethPair[] = [];
  const opened: { close(): void }[] = [];

  beforeEach(() => {
    pairs.push(makeVethPair(), makeVethPair());
  });

  afterEach(() => {
    for (const object of opened.splice(0).reverse()) object.close();
    for (const pair of pairs.splice(0)) pair.remove();
  });

  async function far(ifname: string): Promise<Xsk> {
    const umem = await Umem.open(kernelBackend, { frameCount: FRAMES });
    opened.push(umem);
    return receiving(await Xsk.open(umem, { ifname }));
  }

  function receiving(xsk: Xsk): Xsk {
    const { ifname } = xsk.queue;
    const source = { kind: 'redirect' } as const;
    const attach = { ifname, attachMode: 'native', maxQueues: 1, source } as const;
    const program = kernelBackend.openProgram(attach);
    opened.push(program);
    refill(xsk, 32);
    program.setSocket(xsk.socket);
    return xsk;
  }

  /** Moves what one port received to the other, without copying. Returns the addresses. */
  function forward(from: Xsk, to: Xsk): number[] {
    const count = from.rx!.peek(from.rx!.size);
    const addresses = Array.from({ length: count }, (_, i) => from.rx!.address(i));
    expect(to.tx!.reserve(count)).toBe(count);
    addresses.forEach((address, i) => {
      to.tx!.setDescriptor(i, address, from.rx!.length(i), 0);
    });
    from.rx!.release(count);
    to.tx!.submit(count);
    expect(to.socket.kick()).toBe(0);
    return addresses;
  }

  async function openMiddle() {
    const first = await Umem.open(kernelBackend, { frameCount: FRAMES });
    opened.push(first);
    const second = await first.registerAgain();
    const left = receiving(await Xsk.open(first, { ifname: pairs[0]!.b, copyMode: 'copy' }));
    const right = receiving(await Xsk.open(second, { ifname: pairs[1]!.a }));
    return { first, second, left, right };
  }

  it('forwards both ways between ports of the two, with one pool', async () => {
    const [client, server] = [await far(pairs[0]!.a), await far(pairs[1]!.b)];
    const { first, second, left, right } = await openMiddle();
    expect(second.registration).not.toBe(first.registration);
    expect([second.memory, second.frames, second.bytes, second.view]).toEqual([
      first.memory,
      first.frames,
      first.bytes,
      first.view,
    ]);
    for (let round = 0; round < 20; round++) {
      const there = Array.from({ length: 16 }, (_, i) => round * 16 + i);
      const back = there.map((number) => number + 1_000_000);
      send(client, there);
      send(server, back);
      await kernelBackend.clock.sleep(5);
      const sent = [forward(left, right), forward(right, left)];
      await kernelBackend.clock.sleep(5);
      expect([receive(server), receive(client)]).toEqual([there, back]);
      expect([collect(right), collect(left)]).toEqual(sent);
      refill(left, 16);
      refill(right, 16);
    }
    expect(first.frames.free).toBe(FRAMES - 64);
    for (const { socket } of [left, right]) {
      expect(socket.statistics()).toMatchObject({ rxDropped: 0, rxRingFull: 0, txInvalidDescs: 0 });
    }
  });

  it('goes on with either one when the other is closed', async () => {
    const [client, server] = [await far(pairs[0]!.a), await far(pairs[1]!.b)];
    const { first, second, left, right } = await openMiddle();
    first.registration.close();
    expect(left.socket.kick()).toBe(errno.EBADF);
    send(right, [1]);
    await kernelBackend.clock.sleep(5);
    expect(receive(server)).toEqual([1]);
    second.close();
    expect([right.closed, first.bytes.length]).toEqual([true, FRAMES * 2048]);
    const third = await first.registerAgain();
    send(await Xsk.open(third, { ifname: pairs[0]!.b }), [2]);
    await kernelBackend.clock.sleep(5);
    expect(receive(client)).toEqual([2]);
  });

  it('closes the others with the one that has the memory', async () => {
    const { first, second, left, right } = await openMiddle();
    const third = await second.registerAgain();
    first.close();
    expect([left.closed, right.closed, second.bytes.length, third.view.buffer.byteLength]).toEqual([
      true,
      true,
      0,
      0,
    ]);
    for (const umem of [third, second, first]) {
      umem.close();
      await expect(umem.registerAgain()).rejects.toMatchObject({ code: 'FLUX_CLOSED' });
    }
  });
});
