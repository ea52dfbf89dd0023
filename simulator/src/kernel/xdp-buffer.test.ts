import { errno, type XdpFrame, type XdpVerdict } from 'fluxnet-core';
import { describe, expect, test } from 'vitest';
import { SimNetwork } from '../network/sim-network.js';
import { frameOf, openPort } from '../testing/port.js';
import { pushFill, takeRx } from '../testing/rings.js';

function setUp(run: (frame: XdpFrame, queueId: number) => XdpVerdict, mtu = 9000) {
  const net = new SimNetwork();
  const eth0 = net.addInterface('eth0', { queueCount: 2, mtu });
  const port = openPort(net, 'eth0', { chunkSize: 4096, run });
  pushFill(port.queue.fill, 0, 4096, 8192);
  return { net, eth0, ...port };
}

test('each verdict', async () => {
  const verdicts: XdpVerdict[] = ['aborted', 'drop', 'pass', 'tx', 'redirect'];
  let next = 0;
  const { net, eth0, socket, program } = setUp((frame) => {
    const verdict = verdicts[next++]!;
    return verdict === 'redirect' ? frame.redirect(0) : verdict;
  });
  const [host, sent]: [number[], number[]] = [[], []];
  eth0.onHost((frame) => host.push(frame.length));
  eth0.onTransmit((frame) => sent.push(frame.length));
  for (let i = 0; i < 5; i++) eth0.inject(frameOf(60 + i));
  await net.run(1);
  expect({ host, sent }).toEqual({ host: [62], sent: [63] });
  expect(takeRx(socket.rx).map(({ len }) => len)).toEqual([64]);
  expect(eth0.counters.programDropped).toBe(2);
  expect(program?.counters()).toEqual({ redirected: undefined, passed: undefined });
});

test('an index without a socket gives the fallback, one of another queue loses the frame', () => {
  let index = 7;
  const { eth0, socket } = setUp((frame) => frame.redirect(index, 'pass'));
  eth0.inject(frameOf(64));
  index = 0;
  eth0.inject(frameOf(64), { queueId: 1 });
  eth0.inject(frameOf(64));
  expect(eth0.counters.hostPackets).toBe(1);
  expect(takeRx(socket.rx)).toHaveLength(1);
  expect(socket.statistics().rxDropped).toBe(0);
});

test('metadata lies right in front of the packet', () => {
  const { eth0, socket, memory } = setUp((frame, queueId) => {
    expect(frame.adjustMetadata(-8)).toBe(0);
    frame.bytes.set([1, 2, 3, 4, 5, 6, 7, 8], frame.offset - 8);
    return frame.redirect(queueId);
  });
  eth0.inject(frameOf(64, 9));
  const [received] = takeRx(socket.rx);
  expect([...new Uint8Array(memory.buffer, received!.addr - 8, 8)]).toEqual([
    1, 2, 3, 4, 5, 6, 7, 8,
  ]);
  expect(new Uint8Array(memory.buffer, received!.addr, 64)).toEqual(frameOf(64, 9));
});

describe('moving the ends', () => {
  test('head and tail, both ways', () => {
    const { eth0, socket, memory } = setUp((frame, queueId) => {
      expect([frame.adjustHead(4), frame.adjustTail(-4), frame.length]).toEqual([0, 0, 92]);
      expect([frame.adjustHead(-8), frame.adjustTail(2), frame.length]).toEqual([0, 0, 102]);
      frame.bytes.fill(0xee, frame.offset, frame.offset + 4);
      return frame.redirect(queueId);
    });
    eth0.inject(frameOf(100, 0).fill(0xaa));
    const [received] = takeRx(socket.rx);
    const bytes = [...new Uint8Array(memory.buffer, received!.addr, received!.len)];
    expect(bytes.slice(0, 4)).toEqual([0xee, 0xee, 0xee, 0xee]);
    expect(bytes.slice(4, 100).every((byte) => byte === 0xaa)).toBe(true);
    expect(bytes.slice(100)).toEqual([0, 0]);
  });

  test.each<[string, (frame: XdpFrame) => number, number]>([
    ['the headroom is 256 less 40', (frame) => frame.adjustHead(-216), 0],
    ['and no more', (frame) => frame.adjustHead(-217), errno.EINVAL],
    ['14 bytes are left', (frame) => frame.adjustHead(86), 0],
    ['and no less', (frame) => frame.adjustHead(87), errno.EINVAL],
    ['also at the tail', (frame) => frame.adjustTail(-86), 0],
    ['and no less there', (frame) => frame.adjustTail(-87), errno.EINVAL],
    ['the tail ends with the page', (frame) => frame.adjustTail(3420), 0],
    ['and no later', (frame) => frame.adjustTail(3421), errno.EINVAL],
    ['metadata in words', (frame) => frame.adjustMetadata(-6), errno.EINVAL],
    ['metadata of 252 bytes', (frame) => frame.adjustMetadata(-212), 0],
    ['not into the headroom of the kernel', (frame) => frame.adjustMetadata(-220), errno.EINVAL],
    ['none less than nothing', (frame) => frame.adjustMetadata(4), errno.EINVAL],
    ['no fraction', (frame) => frame.adjustHead(0.5), errno.EINVAL],
  ])('%s', (_, move, expected) => {
    let answer: number | undefined;
    const { eth0 } = setUp((frame) => {
      answer = move(frame);
      return 'drop';
    });
    eth0.inject(frameOf(100));
    expect(answer).toBe(expected);
  });
});
