import { type Program, Umem, Xsk } from 'fluxnet-core';
import { expect, test } from 'vitest';
import { SimNetwork } from '../network/sim-network.js';
import { frameOf } from '../testing/port.js';

test('a frame goes from one registration of a memory to the other', async () => {
  const net = new SimNetwork();
  const [lan, wan] = [net.addInterface('lan0'), net.addInterface('wan0')];
  const first = await Umem.open(net.backend, { frameCount: 8 });
  const second = await first.registerAgain();
  const inside = await Xsk.open(first, { ifname: 'lan0' });
  const outside = await Xsk.open(second, { ifname: 'wan0' });
  const source = { kind: 'redirect' } as const;
  const attach = { ifname: 'lan0', attachMode: 'native', maxQueues: 1, source } as const;
  const program: Program = net.backend.openProgram(attach);
  program.setSocket(inside.socket);
  const sent: Uint8Array[] = [];
  wan.onTransmit((frame) => sent.push(frame.slice()));

  expect(inside.fill.reserve(1)).toBe(1);
  inside.fill.setAddress(0, first.frames.take());
  inside.fill.submit(1);
  lan.inject(frameOf(100, 7));
  await net.run(1);
  expect(inside.rx!.peek(1)).toBe(1);
  const address = inside.rx!.address(0);
  expect(outside.tx!.reserve(1)).toBe(1);
  outside.tx!.setDescriptor(0, address, inside.rx!.length(0), 0);
  inside.rx!.release(1);
  outside.tx!.submit(1);
  expect(outside.socket.kick()).toBe(0);
  await net.run(1);
  expect(sent).toEqual([frameOf(100, 7)]);
  expect(outside.completion.peek(1)).toBe(1);
  expect([outside.completion.address(0), second.frames.give(address)]).toEqual([address, true]);
  expect(first.frames.free).toBe(8);

  second.close();
  expect([outside.closed, inside.closed, first.bytes.length]).toEqual([true, false, 8 * 2048]);
  first.close();
  expect(inside.closed).toBe(true);
});
