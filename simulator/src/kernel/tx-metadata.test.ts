import { errno } from 'fluxnet-core';
import { expect, test } from 'vitest';
import { SimNetwork } from '../network/sim-network.js';
import { frameOf, openPort } from '../testing/port.js';
import { pending, pushTx } from '../testing/rings.js';

const METADATA = 24;
/** The area lies at the start of the chunk. */
const ADDRESS = 2048 + METADATA;

/** One packet of 64 bytes, with an area in front of it. */
function setUp(driver: 'sim' | 'veth', txSoftwareChecksum: boolean) {
  const net = new SimNetwork();
  const eth0 = driver === 'sim' ? net.addInterface('eth0') : net.addVethPair('eth0', 'eth1')[0];
  const port = openPort(net, 'eth0', {
    program: 'none',
    txMetadataLength: METADATA,
    txSoftwareChecksum,
  });
  const view = new DataView(port.memory.buffer);
  new Uint8Array(port.memory.buffer).set(frameOf(64), ADDRESS);
  const send = async (flags: number, start: number, offset: number) => {
    view.setBigUint64(ADDRESS - METADATA, BigInt(flags), true);
    view.setUint16(ADDRESS - METADATA + 8, start, true);
    view.setUint16(ADDRESS - METADATA + 10, offset, true);
    pushTx(port.socket.tx, { addr: ADDRESS, len: 64, options: 2 });
    const result = port.socket.kick();
    await net.run(1);
    return result;
  };
  return { net, eth0, view, send, ...port };
}

/** The one's complement sum of bytes 20 to 63 with the field at 30 in it, as in RFC 1071. */
function withChecksum(frame: Uint8Array): Uint8Array {
  let sum = 0;
  for (let i = 20; i < 64; i += 2) sum += (frame[i]! << 8) | frame[i + 1]!;
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  const copy = frame.slice();
  copy[30] = (~sum >> 8) & 0xff;
  copy[31] = ~sum & 0xff;
  return copy;
}

test.each([
  ['sim', false, true],
  ['sim', true, true],
  ['veth', true, true],
  ['veth', false, false],
] as const)('%s, in software %s: computed %s', async (driver, software, computed) => {
  const { eth0, memory, send } = setUp(driver, software);
  expect(await send(2, 20, 10)).toBe(0);
  expect(eth0.transmitted).toEqual([computed ? withChecksum(frameOf(64)) : frameOf(64)]);
  // What lies in the memory stays as it was.
  expect(new Uint8Array(memory.buffer, ADDRESS, 64)).toEqual(frameOf(64));
});

test.each([
  ['an unknown flag', 8, 0, 0],
  ['a field behind the end', 2, 40, 23],
])('%s is refused, and blocks the ring', async (_, flags, start, offset) => {
  const { socket, queue, send } = setUp('sim', false);
  expect(await send(flags, start, offset)).toBe(errno.EINVAL);
  expect([pending(socket.tx!), pending(queue.completion)]).toEqual([1, 1]);
});

test('a timestamp is of virtual time', async () => {
  const { net, view, send } = setUp('sim', false);
  await net.run(3);
  expect(await send(1, 0, 0)).toBe(0);
  expect(view.getBigUint64(ADDRESS - METADATA + 8, true)).toBe(3_000_000n);
});

test.each([
  [0, false],
  [23, false],
  [24, true],
  [2048, false],
  [2048 + 24, true],
])('address %i: room in front of it %s', (addr, valid) => {
  const { socket } = setUp('sim', false);
  pushTx(socket.tx, { addr, len: 64 });
  socket.kick();
  expect(socket.statistics().txInvalidDescs).toBe(valid ? 0 : 1);
});
