import { expect, test } from 'vitest';
import { SimNetwork } from '../network/sim-network.js';
import { frameOf, openPort } from '../testing/port.js';
import { consumer, pending, pushFill, takeRx } from '../testing/rings.js';
import type { Publication } from './profile.js';

/** Ten frames for a ring of four; then the fill ring's consumer as user space sees it. */
function taken(publication: Publication, program: 'native' | 'generic') {
  const net = new SimNetwork({ publication });
  const eth0 = net.addInterface('eth0');
  const { queue } = openPort(net, 'eth0', { rxRingSize: 4, program });
  pushFill(queue.fill, 0, 2048, 4096, 6144, 8192, 10240);
  for (let i = 0; i < 10; i++) eth0.inject(frameOf(64));
  return consumer(queue.fill);
}

test.each<[Publication, 'native' | 'generic', number]>([
  ['auto', 'native', 4],
  ['auto', 'generic', 5],
  ['per-poll', 'generic', 4],
  ['per-packet', 'native', 5],
  ['eager', 'native', 5],
])('%s, %s: %i', (publication, program, expected) => {
  expect(taken(publication, program)).toBe(expected);
});

test('per poll, a burst is seen at its end only', async () => {
  const net = new SimNetwork({ publication: 'per-poll' });
  const eth0 = net.addInterface('eth0');
  const { queue, socket } = openPort(net, 'eth0', {
    run: (frame, queueId) => {
      seen.push(pending(socket.rx!));
      return frame.redirect(queueId);
    },
  });
  const seen: number[] = [];
  pushFill(queue.fill, 0, 2048, 4096);
  eth0.injectBurst([frameOf(64), frameOf(64), frameOf(64)]);
  expect(seen).toEqual([0, 0, 0]);
  expect(pending(socket.rx!)).toBe(3);
});

test('adversarial is late by as much as the seed likes, in order, and complete in the end', async () => {
  const run = async (seed: number) => {
    const net = new SimNetwork({ seed, publication: 'adversarial' });
    const eth0 = net.addInterface('eth0');
    const { queue, socket } = openPort(net, 'eth0');
    for (let i = 0; i < 64; i++) pushFill(queue.fill, 2048 * i);
    const lags: number[] = [];
    const lengths: number[] = [];
    for (let i = 0; i < 50; i++) {
      eth0.inject(frameOf(60 + i));
      await net.run(0.01);
      lags.push(i + 1 - lengths.length - pending(socket.rx!));
      lengths.push(...takeRx(socket.rx).map(({ len }) => len));
    }
    await net.run(1);
    lengths.push(...takeRx(socket.rx).map(({ len }) => len));
    expect(lengths).toEqual(Array.from({ length: 50 }, (_, i) => 60 + i));
    expect(pending(queue.fill)).toBe(14);
    return lags;
  };
  const lags = await run(5);
  expect(Math.max(...lags)).toBeGreaterThan(1);
  expect(await run(5)).toEqual(lags);
  expect(await run(6)).not.toEqual(lags);
});
