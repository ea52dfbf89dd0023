import { describe, expect, test } from 'vitest';
import { SimNetwork } from '../network/sim-network.js';
import { frameOf, openPort } from '../testing/port.js';
import { pending, pushFill, pushTx, takeCompletions } from '../testing/rings.js';

const SIZE = 64 * 4096;

function setUp(options: Parameters<typeof openPort>[2] = {}) {
  const net = new SimNetwork();
  const eth0 = net.addInterface('eth0');
  const port = openPort(net, 'eth0', { unaligned: true, chunkSize: 4096, ...options });
  return { net, eth0, ...port };
}

/** Raw: 64-bit addresses do not fit a number. */
function rxAddress(region: { buffer: ArrayBuffer; descriptorOffset: number }, index = 0): bigint {
  return new DataView(region.buffer).getBigUint64(region.descriptorOffset + 16 * index, true);
}

test('the fill address is used as it is, and the offset is in the upper 16 bits', () => {
  const { eth0, queue, socket, memory } = setUp({ headroom: 64 });
  pushFill(queue.fill, (7n << 48n) | 5001n);
  eth0.inject(frameOf(100, 3));
  expect(rxAddress(socket.rx!)).toBe(0x140000000001389n);
  expect(new Uint8Array(memory.buffer, 5001 + 320, 100)).toEqual(frameOf(100, 3));
});

test('a chunk must lie inside the memory', () => {
  const { eth0, queue, socket } = setUp();
  pushFill(queue.fill, SIZE, SIZE - 4095, 1n << 32n, SIZE - 4096);
  eth0.inject(frameOf(64));
  expect(pending(socket.rx!)).toBe(1);
  expect(rxAddress(socket.rx!)).toBe((256n << 48n) | BigInt(SIZE - 4096));
});

describe('what can be sent', () => {
  test.each<[boolean, bigint | number, number]>([
    [true, (256n << 48n) | 100n, 64],
    [true, 4090, 64],
    [true, SIZE - 64, 64],
    [true, 0xffffn << 48n, 1500],
    [false, SIZE - 63, 64],
    [false, 1n << 32n, 64],
    [false, 0, 4097],
    [false, -2, 64],
    [false, (0xffffn << 48n) | BigInt(SIZE - 65535), 64],
  ])('%s: address %s, length %i', (valid, addr, len) => {
    const { socket, queue } = setUp({ program: 'none' });
    pushTx(socket.tx, { addr, len });
    expect(socket.kick()).toBe(0);
    expect(socket.statistics().txInvalidDescs).toBe(valid ? 0 : 1);
    const raw = BigInt.asUintN(64, BigInt(addr));
    expect(takeCompletions(queue.completion)).toEqual([valid ? raw & ~1n : raw]);
  });

  test('frames that cross pages leave whole', async () => {
    const { net, eth0, socket, memory } = setUp({ program: 'none' });
    new Uint8Array(memory.buffer).set(frameOf(64, 9), 4096 - 32);
    const sent: Uint8Array[] = [];
    eth0.onTransmit((frame) => sent.push(frame));
    pushTx(socket.tx, { addr: (32n << 48n) | BigInt(4096 - 64), len: 64 });
    socket.kick();
    await net.run(1);
    expect(sent).toEqual([frameOf(64, 9)]);
  });
});

test.each([2047, 4097, 3000.5, 0])('chunks of %d bytes are refused', (chunkSize) => {
  const { backend } = new SimNetwork();
  const memory = backend.openMemory({ size: 65536, pages: 'auto' });
  const options = { chunkSize, frameHeadroom: 0, unaligned: true };
  expect(() => backend.openUmem(memory, options)).toThrow('FLUX_INVALID_OPTION');
});

test('chunks of any size between, and a memory that is no multiple of them', () => {
  const { eth0, queue, socket } = setUp({ chunkSize: 3001, chunks: 20 });
  pushFill(queue.fill, 3001 * 19);
  eth0.inject(frameOf(64));
  expect(pending(socket.rx!)).toBe(1);
});
