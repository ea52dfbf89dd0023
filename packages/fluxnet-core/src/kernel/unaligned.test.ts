import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hasKernel, makeVethPair, type VethPair } from '../../../../test/support/kernel.js';
import { errno } from '../errno.js';
import { Umem, type UmemOpenOptions } from '../umem.js';
import { Xsk } from '../xsk.js';
import { kernelBackend } from './kernel-backend.js';

const FRAMES = 64;
const PAGE = 4096;

/** Which packet it was: a kernel may clear the lowest bit of a completed address. */
const even = (address: number) => address & ~1;
const crossesPage = (address: number, length: number) => (address % PAGE) + length > PAGE;

describe.runIf(hasKernel)('[kernel] unaligned chunks over veth', () => {
  let pair: VethPair;
  const opened: { close(): void }[] = [];

  beforeEach(() => {
    pair = makeVethPair();
  });

  afterEach(() => {
    for (const object of opened.splice(0).reverse()) object.close();
    pair.remove();
  });

  async function port(ifname: string, options: UmemOpenOptions): Promise<Xsk> {
    const umem = await Umem.open(kernelBackend, {
      frameCount: FRAMES,
      unaligned: true,
      ...options,
    });
    opened.push(umem);
    return Xsk.open(umem, { ifname });
  }

  /** All frames posted to receive into, and a program that sends packets here. */
  function startReceiving(xsk: Xsk): void {
    const { ifname } = xsk.queue;
    const source = { kind: 'redirect' } as const;
    const attach = { ifname, attachMode: 'native', maxQueues: 1, source } as const;
    const program = kernelBackend.openProgram(attach);
    opened.push(program);
    refill(xsk);
    program.setSocket(xsk.socket);
  }

  function refill({ fill, umem }: Xsk): void {
    const count = fill.reserve(umem.frames.free);
    for (let i = 0; i < count; i++) fill.setAddress(i, umem.frames.take());
    fill.submit(count);
  }

  function flush({ socket }: Xsk): void {
    let result: number;
    do result = socket.kick();
    while (result === errno.EAGAIN);
    expect(result).toBe(0);
  }

  function collect({ completion, umem }: Xsk): number[] {
    const count = completion.peek(completion.size);
    const addresses = Array.from({ length: count }, (_, i) => completion.address(i));
    completion.release(count);
    for (const address of addresses) umem.frames.give(address);
    return addresses;
  }

  /** A packet whose every byte tells where it belongs. */
  function write({ umem }: Xsk, address: number, length: number, number: number): void {
    for (let i = 0; i < length; i++) umem.bytes[address + i] = (i + number) & 0xff;
    umem.view.setUint16(address + 12, 0x88b5);
  }

  function check({ umem }: Xsk, address: number, length: number, number: number): void {
    for (let i = 14; i < length; i++) {
      if (umem.bytes[address + i] !== ((i + number) & 0xff)) {
        throw new Error(`packet ${number} at ${address}: byte ${i} is ${umem.bytes[address + i]}`);
      }
    }
  }

  it.each([
    { frameSize: 3000, frameHeadroom: 0 },
    { frameSize: 3001, frameHeadroom: 33 },
    { frameSize: 2501, frameHeadroom: 1 },
    { frameSize: 4096, frameHeadroom: 3 },
  ])('carries packets at odd addresses and over page ends: %o', async (options) => {
    const sender = await port(pair.a, options);
    const receiver = await port(pair.b, options);
    startReceiving(receiver);
    const crossed = { sent: 0, received: 0 };
    for (let round = 0; round < 8; round++) {
      const numbers = Array.from({ length: 24 }, (_, i) => round * 24 + i);
      const packets = numbers.map((number) => {
        const length = 60 + ((number * 53) % 1455);
        // At the very beginning of its frame, somewhere near it, or at the end.
        const offset = [0, number, options.frameSize - length][number % 3]!;
        return { number, address: sender.umem.frames.take() + offset, length };
      });
      expect(sender.tx!.reserve(packets.length)).toBe(packets.length);
      packets.forEach(({ number, address, length }, i) => {
        write(sender, address, length, number);
        sender.tx!.setDescriptor(i, address, length, 0);
        if (crossesPage(address, length)) crossed.sent++;
      });
      sender.tx!.submit(packets.length);
      flush(sender);
      await kernelBackend.clock.sleep(5);
      const sent = packets.map(({ address }) => even(address));
      expect(collect(sender).map(even)).toEqual(sent);
      expect(receiver.rx!.peek(64)).toBe(packets.length);
      packets.forEach(({ number, length }, i) => {
        const address = receiver.rx!.address(i);
        const inFrame = address % receiver.umem.frames.frameSize;
        expect([receiver.rx!.length(i), inFrame]).toEqual([length, 256 + options.frameHeadroom]);
        check(receiver, address, length, number);
        if (crossesPage(address, length)) crossed.received++;
        receiver.umem.frames.give(address);
      });
      receiver.rx!.release(packets.length);
      refill(receiver);
    }
    const mayCross = options.frameSize !== PAGE;
    expect([crossed.sent > 0, crossed.received > 0]).toEqual([mayCross, mayCross]);
    const frames = Array.from({ length: FRAMES }, () => sender.umem.frames.take());
    expect([new Set(frames).size, frames.includes(-1)]).toEqual([FRAMES, false]);
    expect(sender.socket.statistics()).toMatchObject({ txInvalidDescs: 0 });
    expect(receiver.socket.statistics()).toMatchObject({ rxDropped: 0, rxRingFull: 0 });
  });

  it('receives into a frame that starts anywhere, and sends from an offset', async () => {
    const sender = await port(pair.a, { frameSize: 3000 });
    const receiver = await port(pair.b, { frameSize: 3000, frameHeadroom: 64 });
    const { fill } = receiver;
    expect(fill.reserve(1)).toBe(1);
    fill.setAddress(0, 5001);
    fill.submit(1);
    startReceiving(receiver);

    // Address and offset apart, as the kernel writes them; the completion has both.
    const tx = sender.tx!;
    write(sender, 7002 + 260, 100, 1);
    expect(tx.reserve(1)).toBe(1);
    tx.setDescriptor(0, 7002, 100, 0);
    const words = new Int32Array(sender.socket.tx!.buffer);
    words[(sender.socket.tx!.descriptorOffset >> 2) + 1] = 260 << 16;
    tx.submit(1);
    flush(sender);
    await kernelBackend.clock.sleep(5);
    expect(collect(sender)).toEqual([7002 + 260]);
    expect(receiver.rx!.peek(1)).toBe(1);
    expect(receiver.rx!.address(0)).toBe(5001 + 64 + 256);
    check(receiver, 5001 + 64 + 256, 100, 1);
    const raw = new Int32Array(receiver.socket.rx!.buffer);
    const entry = receiver.socket.rx!.descriptorOffset >> 2;
    expect([raw[entry], raw[entry + 1]]).toEqual([5001, (64 + 256) << 16]);
  });

  it('takes a descriptor up to the last byte, and none beyond', async () => {
    const sender = await port(pair.a, { frameSize: 3000 });
    const { socket, umem } = sender;
    const tx = sender.tx!;
    const end = umem.memory.size;
    const send = (address: number, length: number) => {
      expect(tx.reserve(1)).toBe(1);
      tx.setDescriptor(0, address, length, 0);
      tx.submit(1);
      return socket.kick();
    };
    expect(send(end - 64, 64)).toBe(0);
    expect(socket.statistics().txInvalidDescs).toBe(0);
    expect(send(end - 63, 64)).toBe(0);
    expect(socket.statistics().txInvalidDescs).toBe(1);
    expect(send(0, 3001)).toBe(0);
    expect(socket.statistics().txInvalidDescs).toBe(2);
  });
});
