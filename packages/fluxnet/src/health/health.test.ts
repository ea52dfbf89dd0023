import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { type SimInterface, SimNetwork } from 'fluxnet-simulator';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FluxSystem } from '../system/system.js';
import { conservation } from './conservation.js';
import { diagnose, type Finding } from './diagnose.js';
import { rates } from './rates.js';
import { watchHealth } from './watch-health.js';

const running = () => 'running' as const;

describe('health', () => {
  let net: SimNetwork;
  let port: SimInterface;
  let system: FluxSystem;

  beforeEach(async () => {
    net = new SimNetwork();
    port = net.addInterface('port');
    system = await FluxSystem.open({
      backend: net.backend,
      ports: [{ ifname: 'port', rxRingSize: 8, txRingSize: 8, completionRingSize: 8 }],
      umem: { frameCount: 32 },
      maxHeld: 32,
    });
  });

  afterEach(async () => {
    const closing = system.close();
    await net.run(200);
    await closing;
  });

  function inject(count: number): void {
    for (let i = 0; i < count; i++) port.inject(new Uint8Array(60));
  }

  const broken = () =>
    conservation(system.stats())
      .filter(({ holds }) => !holds)
      .map(({ name }) => name);

  it('accounts for every packet and frame, wherever it is', async () => {
    inject(20); // 8 fit into the RX ring.
    expect(broken()).toEqual([]);
    const batch = system.rx.poll()!;
    expect(broken()).toEqual([]);
    const kept = batch.take(0);
    batch.at(1).tx();
    expect(broken()).toEqual([]);
    batch.release();
    await system.tx.send([kept, new Uint8Array(60)]);
    await net.run(5);
    expect(broken()).toEqual([]);
    const [packets, frames, arrivals] = conservation(system.stats());
    expect(packets).toEqual({
      name: 'packets',
      left: { received: 8, sent: 2 },
      right: {
        transmitted: 3,
        taken: 1,
        inBatch: 0,
        droppedByHandler: 6,
        droppedAfterError: 0,
        txRingFull: 0,
      },
      holds: true,
    });
    expect(frames!.left).toEqual({ total: 32 });
    expect(arrivals!.right).toMatchObject({ received: 8, rxRingFull: 12 });
  });

  it('names the equation that does not hold', () => {
    inject(3);
    const stats = system.stats();
    const lost = { ...stats, frames: { ...stats.frames, pool: stats.frames.pool - 1 } };
    const names = conservation(lost).flatMap(({ name, holds }) => (holds ? [] : [name]));
    expect(names).toEqual(['frames']);
  });

  it('tells rates', async () => {
    const before = system.stats();
    expect(rates(before, before)[0]!.rxPackets).toBe(0);
    inject(10);
    for (const packet of system.rx.poll()!) if (packet.index < 3) packet.tx();
    system.rx.poll();
    await net.run(500);
    expect(rates(before, system.stats())).toEqual([
      {
        ifname: 'port',
        rxPackets: 16,
        rxBits: 16 * 60 * 8,
        txPackets: 6,
        txBits: 6 * 60 * 8,
        drops: 2 * (5 + 2),
        syscalls: 2,
      },
    ]);
  });

  it('says why the kernel had no frame to receive into', () => {
    const kept = [];
    for (let i = 0; i < 4; i++) {
      inject(8);
      const batch = system.rx.poll();
      while (batch !== undefined && kept.length < 8 * (i + 1))
        kept.push(batch.take(kept.length % 8));
    }
    const before = system.stats();
    inject(3);
    expect(diagnose(before, system.stats(), running)).toEqual([
      {
        kind: 'fill-starvation',
        ifname: 'port',
        queueId: 0,
        cause: 'no frame is free: 32 are held, 0 are on their way out',
        count: 3,
      },
    ]);
    expect(diagnose(system.stats(), system.stats(), running)).toEqual([]);
  });

  it('says that nobody receives, or that the handler is slow', () => {
    const before = system.stats();
    inject(10);
    const idle = system.stats();
    expect(diagnose(before, idle, running)).toMatchObject([
      { kind: 'slow-consumer', count: 2, cause: expect.stringContaining('nobody receives') },
    ]);
    system.rx.poll();
    system.rx.poll(); // Settles the batch, and gives the kernel its frames.
    inject(10);
    expect(diagnose(idle, system.stats(), running)).toMatchObject([
      { kind: 'slow-consumer', cause: 'the handler is slower than packets arrive' },
    ]);
  });

  it('watches, says that a TX ring stands still and why, and publishes it', async () => {
    const findings: Finding[] = [];
    const messages: unknown[] = [];
    const listener = (message: unknown) => messages.push(message);
    subscribe('fluxnet:health', listener);
    const stop = watchHealth(system, {
      intervalMs: 100,
      onFinding: (finding) => findings.push(finding),
    });
    await net.run(250);
    expect(findings).toEqual([]);
    port.setUp(false);
    system.tx.trySend(new Uint8Array(60));
    const flushing = system.tx.flush();
    await net.run(250);
    expect(findings[0]).toEqual({
      kind: 'tx-stall',
      ifname: 'port',
      queueId: 0,
      cause: 'port is down',
      count: 1,
    });
    expect(messages[0]).toEqual({ finding: findings[0] });
    port.setUp(true);
    await net.run(250);
    await flushing;
    const { length } = findings;
    await net.run(500);
    expect(findings).toHaveLength(length);
    stop();
    unsubscribe('fluxnet:health', listener);
  });

  it('ends with what it watches', async () => {
    watchHealth(system, { intervalMs: 10, onFinding: () => {} });
    const closing = system.close();
    await net.run(200);
    await closing;
    expect(() => watchHealth(system, { onFinding: () => {} })).toThrow(/FLUX_CLOSED/);
  });

  it.each([
    [{ intervalMs: 1, onFinding: () => {} }, 'watchHealth.intervalMs'],
    [{ onFinding: 1 }, 'watchHealth.onFinding'],
    [{ every: 1, onFinding: () => {} }, 'watchHealth.every'],
  ])('refuses %j', (options, path) => {
    expect(() => watchHealth(system, options as never)).toThrow(path);
  });

  it('publishes what is opened and closed', async () => {
    const seen: string[] = [];
    const open = (message: unknown) => seen.push(`open ${(message as { mode: string }).mode}`);
    const close = (message: unknown) => seen.push(`close ${(message as { mode: string }).mode}`);
    subscribe('fluxnet:open', open);
    subscribe('fluxnet:close', close);
    net.addInterface('other');
    const other = await FluxSystem.open({ backend: net.backend, ports: [{ ifname: 'other' }] });
    const closing = other.close();
    await net.run(200);
    await closing;
    unsubscribe('fluxnet:open', open);
    unsubscribe('fluxnet:close', close);
    expect(seen).toEqual(['open system', 'close system']);
  });
});
