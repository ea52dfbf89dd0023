import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hasKernel, makeVethPair, type VethPair } from '../../../../test/support/kernel.js';
import { DESC_CONTINUED } from '../contract/ring.js';
import { errno } from '../errno.js';
import { internetChecksum } from '../rings/internet-checksum.js';
import { TxRequest } from '../rings/tx-request.js';
import { Umem, type UmemOpenOptions } from '../umem.js';
import { Xsk } from '../xsk.js';
import { kernelBackend } from './kernel-backend.js';

const UDP = 34;
const UDP_CHECKSUM = 6;
const LENGTH = 97; // Odd: the last byte counts too.

/** UDP in IPv4; the checksum field holds the pseudo header's sum, as a request wants it. */
function writePacket(umem: Umem, address: number, length: number): void {
  const { bytes, view } = umem;
  for (let i = 0; i < length; i++) bytes[address + i] = i;
  view.setUint16(address + 12, 0x0800);
  view.setUint16(address + UDP + 4, length - UDP);
  view.setUint16(address + UDP + UDP_CHECKSUM, pseudoHeaderSum(view, address, length));
}

function pseudoHeaderSum(view: DataView, address: number, length: number): number {
  let sum = 17 + length - UDP;
  for (let at = 26; at < UDP; at += 2) sum += view.getUint16(address + at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return sum;
}

/** What a receiver does: the sum over pseudo header and datagram must be all ones. */
function checksumHolds(view: DataView, address: number, length: number): boolean {
  let sum = pseudoHeaderSum(view, address, length);
  for (let at = UDP; at < length; at++) {
    sum += view.getUint8(address + at) << (((at - UDP) & 1) === 0 ? 8 : 0);
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return sum === 0xffff;
}

describe.runIf(hasKernel)('[kernel] TX metadata over veth', () => {
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

  async function open(ifname: string, options: UmemOpenOptions): Promise<Xsk> {
    const umem = keep(await Umem.open(kernelBackend, { frameCount: 64, ...options }));
    return Xsk.open(umem, { ifname, multiBuffer: false });
  }

  async function openReceiver(): Promise<Xsk> {
    const receiver = await open(pair.b, { frameSize: 4096 });
    const source = { kind: 'redirect' } as const;
    const program = kernelBackend.openProgram({
      ifname: pair.b,
      attachMode: 'native',
      maxQueues: 1,
      source,
    });
    keep(program).setSocket(receiver.socket);
    const count = receiver.fill.reserve(32);
    for (let i = 0; i < count; i++) receiver.fill.setAddress(i, receiver.umem.frames.take());
    receiver.fill.submit(count);
    return receiver;
  }

  async function received(receiver: Xsk): Promise<{ address: number; length: number }> {
    for (let tries = 0; receiver.rx!.peek(1) === 0; tries++) {
      if (tries === 200) throw new Error('nothing arrived');
      await kernelBackend.clock.sleep(10);
    }
    const packet = { address: receiver.rx!.address(0), length: receiver.rx!.length(0) };
    receiver.rx!.release(1);
    return packet;
  }

  /** Sends what was reserved, and returns the completed addresses. */
  async function complete(sender: Xsk, count: number): Promise<number[]> {
    sender.tx!.submit(count);
    expect(sender.socket.kick()).toBe(0);
    for (let tries = 0; sender.completion.pending < count; tries++) {
      if (tries === 200) throw new Error('nothing was completed');
      await kernelBackend.clock.sleep(10);
    }
    expect(sender.completion.peek(8)).toBe(count);
    const addresses = Array.from({ length: count }, (_, i) => sender.completion.address(i));
    sender.completion.release(count);
    expect(sender.socket.statistics().txInvalidDescs).toBe(0);
    return addresses;
  }

  function requestChecksum(): TxRequest {
    const request = new TxRequest();
    request.checksum(UDP, UDP_CHECKSUM);
    return request;
  }

  it.each([
    ['the kernel', { txMetadata: true, txSoftwareChecksum: true }, 'kernel'],
    ['ourselves', {}, 'software'],
    [
      'the kernel, unaligned',
      { txMetadata: true, txSoftwareChecksum: true, frameSize: 3000, unaligned: true },
      'kernel',
    ],
  ] as const)('a checksum by %s is right at the receiver', async (_, options, checksum) => {
    const sender = await open(pair.a, options);
    expect(sender.effective.txMetadata.checksum).toBe(checksum);
    const receiver = await openReceiver();
    const address = sender.umem.frames.take() + sender.umem.txOffset;
    writePacket(sender.umem, address, LENGTH);
    expect(sender.tx!.reserve(1)).toBe(1);
    sender.tx!.setDescriptorWith(0, address, LENGTH, 0, requestChecksum());
    expect(await complete(sender, 1)).toEqual([address]);
    const packet = await received(receiver);
    expect(packet.length).toBe(LENGTH);
    expect(checksumHolds(receiver.umem.view, packet.address, LENGTH)).toBe(true);
  });

  it('a checksum left to veth stays unfinished', async () => {
    const sender = await open(pair.a, { txMetadata: true });
    expect(sender.effective.txMetadata).toEqual({
      checksum: 'device',
      timestamp: true,
      launchTime: false,
    });
    const receiver = await openReceiver();
    const address = sender.umem.frames.take() + sender.umem.txOffset;
    writePacket(sender.umem, address, LENGTH);
    expect(sender.tx!.reserve(1)).toBe(1);
    sender.tx!.setDescriptorWith(0, address, LENGTH, 0, requestChecksum());
    await complete(sender, 1);
    const { address: at } = await received(receiver);
    const { view } = receiver.umem;
    expect(view.getUint16(at + UDP + UDP_CHECKSUM)).toBe(pseudoHeaderSum(view, at, LENGTH));
  });

  it('the kernel stores what we would', async () => {
    const sender = await open(pair.a, { txMetadata: true, txSoftwareChecksum: true });
    const receiver = await openReceiver();
    const request = new TxRequest();
    for (const [length, start, offset] of [
      [60, 0, 58],
      [60, 58, 0],
      [61, 14, 45],
      [64, 63 - 15, 0],
    ] as const) {
      const address = sender.umem.frames.take() + sender.umem.txOffset;
      const { bytes } = sender.umem;
      // All ones, and all zero at last: the sum that is sent as 0xffff.
      bytes.fill(start === 58 ? 0xff : 0xa5, address, address + length);
      const expected = internetChecksum(sender.umem.view, address + start, address + length);
      request.checksum(start, offset);
      expect(sender.tx!.reserve(1)).toBe(1);
      sender.tx!.setDescriptorWith(0, address, length, 0, request);
      await complete(sender, 1);
      const packet = await received(receiver);
      expect(receiver.umem.view.getUint16(packet.address + start + offset)).toBe(expected);
    }
  });

  it('a timestamp comes back with the completion', async () => {
    const sender = await open(pair.a, { txMetadata: true, txSoftwareChecksum: true });
    const { frames, txOffset } = sender.umem;
    const addresses = [frames.take() + txOffset, frames.take() + txOffset + 100];
    const request = requestChecksum();
    request.timestamp();
    expect(sender.tx!.reserve(2)).toBe(2);
    const before = Date.now() / 1000;
    for (const [i, address] of addresses.entries()) {
      writePacket(sender.umem, address, LENGTH);
      sender.tx!.setDescriptorWith(i, address, LENGTH, 0, request);
      expect(sender.txMetadata.readTimestamp(address)).toBe(false);
    }
    expect(await complete(sender, 2)).toEqual(addresses);
    const times = addresses.map((address) => {
      expect(sender.txMetadata.readTimestamp(address)).toBe(true);
      expect(sender.txMetadata.readTimestamp(address)).toBe(false);
      const { seconds, nanoseconds } = sender.txMetadata;
      expect(nanoseconds).toBeLessThan(1e9);
      return seconds + nanoseconds / 1e9;
    });
    expect(times[1]).toBeGreaterThanOrEqual(times[0]!);
    // TAI is ahead of UTC by 37 seconds, where somebody told the kernel so, else by none.
    expect(times[0]! - before).toBeGreaterThan(-1);
    expect(times[0]! - before).toBeLessThan(60);
  });

  it('packets without a request pass beside those with one', async () => {
    const sender = await open(pair.a, { txMetadata: true });
    const receiver = await openReceiver();
    const request = new TxRequest();
    request.timestamp();
    const tx = sender.tx!;
    expect(tx.reserve(3)).toBe(3);
    for (let i = 0; i < 3; i++) {
      const address = sender.umem.frames.take() + sender.umem.txOffset;
      sender.umem.bytes.fill(0xff, address - sender.umem.txOffset, address + LENGTH);
      // The bytes in front are no request that the kernel would take: it must not look at them.
      if (i === 1) tx.setDescriptorWith(i, address, LENGTH, 0, request);
      else tx.setDescriptor(i, address, LENGTH, 2);
    }
    await complete(sender, 3);
    for (let i = 0; i < 3; i++) expect((await received(receiver)).length).toBe(LENGTH);
  });

  it('a packet of several descriptors has its request with the first', async () => {
    const sender = await open(pair.a, { txMetadata: true, frameSize: 4096 });
    const request = new TxRequest();
    request.timestamp();
    const { frames, txOffset } = sender.umem;
    const pieces = [frames.take() + txOffset, frames.take() + txOffset];
    expect(sender.tx!.reserve(2)).toBe(2);
    sender.tx!.setDescriptorWith(0, pieces[0]!, 100, DESC_CONTINUED, request);
    sender.tx!.setDescriptor(1, pieces[1]!, 100, 0);
    expect(await complete(sender, 2)).toEqual(pieces);
    expect(sender.txMetadata.readTimestamp(pieces[0]!)).toBe(true);
  });

  it('a registration has it once more', async () => {
    const umem = keep(await Umem.open(kernelBackend, { frameCount: 8, txMetadata: 'auto' }));
    const again = await umem.registerAgain();
    expect([umem.txOffset, again.txOffset]).toEqual([24, 24]);
  });

  /** Why nothing of this may be left to the kernel. */
  it('a request that the kernel refuses blocks its ring', async () => {
    const sender = await open(pair.a, { txMetadata: true });
    const { view, frames } = sender.umem;
    const address = frames.take() + sender.umem.txOffset;
    const request = new TxRequest();
    request.timestamp();
    expect(sender.tx!.reserve(1)).toBe(1);
    sender.tx!.setDescriptorWith(0, address, LENGTH, 0, request);
    view.setUint32(address - 24, 8, true); // As only somebody can who writes there afterwards.
    sender.tx!.submit(1);
    expect(sender.socket.kick()).toBe(errno.EINVAL);
    expect(sender.tx!.pending).toBe(1);
  });
});
