import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FluxEngine } from './engine/engine.js';
import { conservation } from './health/conservation.js';
import type { PollerKind } from './options/datapath-options.js';
import { FluxRaw } from './raw/raw.js';
import { FluxSystem } from './system/system.js';
import { Peer } from './testing/peer.js';
import { type World, worlds } from './testing/worlds.js';

/** Sends everything back by the queue it came by. Returns how to end it; that gives the books. */
type Echo = (
  world: World,
  options: { readonly poller: PollerKind; readonly debug: boolean },
) => Promise<() => Promise<{ received: number; sent: number }>>;

const engineEcho: Echo = async ({ backend, a }, options) => {
  const engine = await FluxEngine.open({
    ...options,
    backend,
    preset: 'small',
    ports: [{ ifname: a }],
    handler: (batch) => {
      for (const packet of batch) packet.tx();
    },
  });
  const running = engine.run();
  return async () => {
    const stats = engine.stats();
    expect(conservation(stats).filter(({ holds }) => !holds)).toEqual([]);
    const [port] = stats.ports;
    await engine.close();
    await running;
    return { received: port!.rxPackets, sent: port!.completed };
  };
};

const systemEcho: Echo = async ({ backend, a }, options) => {
  const system = await FluxSystem.open({
    ...options,
    backend,
    preset: 'small',
    ports: [{ ifname: a }],
  });
  const running = (async () => {
    for await (const batch of system.rx) for (const packet of batch) packet.tx();
  })();
  return async () => {
    const stats = system.stats();
    expect(conservation(stats).filter(({ holds }) => !holds)).toEqual([]);
    const [port] = stats.ports;
    await system.close();
    await running;
    return { received: port!.rxPackets, sent: port!.completed };
  };
};

/** One per queue; the program is attached by the first, so this takes one queue. */
const rawEcho: Echo = async ({ backend, a }, options) => {
  const raw = await FluxRaw.open({ ...options, backend, preset: 'small', ifname: a });
  const { rx, tx, fill, completion, frames } = raw;
  const prefill = fill.reserve(fill.size);
  for (let i = 0; i < prefill; i++) fill.setAddress(i, frames.take());
  fill.submit(prefill);
  let received = 0;
  let sent = 0;
  const collect = () => {
    const done = completion.peek(completion.size);
    for (let i = 0; i < done; i++) frames.give(completion.address(i));
    completion.release(done);
    sent += done;
  };
  const running = (async () => {
    for (;;) {
      await raw.readable();
      const count = tx.reserve(rx.peek(16));
      for (let i = 0; i < count; i++) tx.setDescriptor(i, rx.address(i), rx.length(i), 0);
      rx.release(count);
      tx.submit(count);
      received += count;
      raw.flush();
      collect();
      const filled = fill.reserve(Math.min(count, frames.free));
      for (let i = 0; i < filled; i++) fill.setAddress(i, frames.take());
      fill.submit(filled);
    }
  })();
  return async () => {
    collect();
    expect(raw.debugRings().frames.duplicates).toEqual([]);
    await raw.close();
    await expect(running).rejects.toMatchObject({ code: 'FLUX_CLOSED' });
    return { received, sent };
  };
};

const modes = [
  { mode: 'engine', echo: engineEcho, queues: [1, 2] },
  { mode: 'system', echo: systemEcho, queues: [1, 2] },
  { mode: 'raw', echo: rawEcho, queues: [1] },
];
const cases = modes.flatMap(({ mode, echo, queues }) =>
  queues.flatMap((queueCount) =>
    (['busy', 'wait', 'adaptive'] as const).flatMap((poller) =>
      // Debug mode is slow, so only where two queues meet it or there is one.
      [false, true]
        .filter((debug) => !debug || (poller === 'adaptive' && queueCount === queues.length))
        .map((debug) => ({ mode, echo, queueCount, poller, debug })),
    ),
  ),
);

describe.each(worlds)('on $name', (kind) => {
  describe.runIf(kind.available)(kind.name, () => {
    let world: World;
    let end: (() => Promise<unknown>) | undefined;

    beforeEach(() => {
      end = undefined;
    });

    afterEach(async () => {
      if (end !== undefined) await world.until(end());
      world.close();
    });

    it.each(cases)(
      '$mode echoes with poller $poller over $queueCount queue(s), debug $debug',
      async ({ echo, queueCount, poller, debug }) => {
        world = kind.open({ queueCount });
        end = await world.until(echo(world, { poller, debug }));
        const queues = Array.from({ length: queueCount }, (_, queueId) => queueId);
        const peers = await world.until(Peer.open(world.backend, world.b, queueCount));
        for (let round = 0; round < 6; round++) {
          const received = await world.until(
            Promise.all(
              peers.map(async (peer, queue) => {
                await peer.send(queue * 1000 + round * 32, 32);
                return peer.receive(32);
              }),
            ),
          );
          for (const queueId of queues) {
            const first = queueId * 1000 + round * 32;
            expect(received[queueId]).toEqual(Array.from({ length: 32 }, (_, i) => first + i));
          }
        }
        const ended = end;
        end = undefined;
        const books = await world.until(ended());
        await world.until(Promise.all(peers.toReversed().map((peer) => peer.close())));
        expect(books).toEqual({ received: 192 * queueCount, sent: 192 * queueCount });
      },
    );
  });
});
