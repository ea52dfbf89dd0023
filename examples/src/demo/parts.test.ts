import type { PortStats } from 'fluxnet';
import { describe, expect, it } from 'vitest';
import { inInitialUserNamespace, missingCapabilities } from './choose-backend.js';
import { conservationEquations } from './conservation.js';
import type { FirewallSnapshot, WireCounters } from './report.js';
import { tableLines } from './table.js';

function port(ifname: string, rx: number, tx: number, dropped: number): PortStats {
  const level = { used: 1, size: 8 };
  return {
    ifname,
    rxPackets: rx,
    rxBytes: 60 * rx,
    rxFrames: rx,
    txPackets: tx,
    txBytes: 60 * tx,
    txFrames: tx,
    completed: tx,
    txOutstanding: 0,
    sent: 0,
    taken: 0,
    kicks: 1,
    rxWakeups: 0,
    drops: { handler: dropped, handlerError: 0, txRingFull: 0, device: 0, invalidDescriptor: 0 },
    batchSizes: [],
    kernel: {
      rxDropped: 2,
      rxInvalidDescs: 0,
      txInvalidDescs: 0,
      rxRingFull: 1,
      rxFillRingEmptyDescs: 2,
      txRingEmptyDescs: 0,
    },
    program: { redirected: rx + 3, passed: 4 },
    rings: { rx: level, tx: level, fill: level, completion: level },
    queues: [],
  };
}

const snapshot: FirewallSnapshot = {
  engine: {
    ports: [port('fw0', 10, 5, 4), port('fw1', 5, 6, 0)],
    frames: { total: 64, pool: 32, rx: 32, tx: 0, batch: 0, held: 0, quarantined: 0 },
    poller: {
      state: 'sleeping',
      passes: 9,
      emptyPasses: 1,
      turns: 3,
      sleeps: 2,
      workMs: 1,
      spinMs: 0,
      sleepMs: 1,
      longestTurnMs: 1,
      longestGapMs: 0,
    },
    handlerErrors: 0,
    timeMs: 0,
    inBatch: 0,
  },
  rules: [
    { name: 'web', allowed: 11, dropped: 1 },
    { name: 'default', allowed: 0, dropped: 2 },
  ],
  malformed: { truncated: 1 },
};

const wire: WireCounters = {
  client: { txPackets: 17, rxPackets: 5, rxDropped: 0 },
  server: { txPackets: 12, rxPackets: 6, rxDropped: 0 },
  inside: { txPackets: 5, rxPackets: 17, rxDropped: 0 },
  outside: { txPackets: 6, rxPackets: 12, rxDropped: 0 },
};

const broken = (changed: FirewallSnapshot, counters = wire) =>
  conservationEquations(changed, counters)
    .filter((equation) => !equation.holds)
    .map((equation) => equation.name);

describe('conservation', () => {
  it('holds when every packet is somewhere', () => {
    expect(broken(snapshot)).toEqual([]);
  });

  it('names the equation that one lost packet breaks', () => {
    const lostOnWire = { ...wire, client: { ...wire.client, txPackets: 18 } };
    expect(broken(snapshot, lostOnWire)).toEqual([
      'inside: sent by the peer = redirected + passed to the host',
    ]);
    const lostAfterCompletion = { ...wire, server: { ...wire.server, rxPackets: 5 } };
    expect(broken(snapshot, lostAfterCompletion)).toEqual([
      'outside: completed = received by the peer + dropped by the device',
    ]);
    const miscounted = { ...snapshot, malformed: {} };
    expect(broken(miscounted)).toEqual(['received = allowed + dropped by rules + malformed']);
    const { engine } = snapshot;
    const leaked = { ...snapshot, engine: { ...engine, frames: { ...engine.frames, pool: 31 } } };
    expect(broken(leaked)).toEqual(['frames = pool + rx + tx + batch + held + quarantined']);
  });
});

it('shows rates, verdicts, drops by reason, rings and the effective mode', () => {
  const effective = {
    backend: 'kernel',
    pages: '4k',
    ports: [
      {
        ifname: 'fw0',
        queueIds: [0],
        driver: 'veth',
        attachMode: 'native',
        copyMode: 'copy',
        needWakeup: true,
        multiBuffer: false,
        txBudget: 256,
        busyPoll: undefined,
        prefilledFrames: 0,
        txMetadata: { checksum: 'software', timestamp: false, launchTime: false },
      },
    ],
  } as const;
  const lines = tableLines(snapshot, undefined, 500, effective);
  expect(lines[0]).toBe('fluxnet firewall · kernel · fw0 native/copy · 4k pages');
  expect(lines.find((line) => line.startsWith('fw0'))).toMatch(
    /^fw0\s+20\s+1,200\s+10\s+600\s+1\/8/,
  );
  expect(lines.find((line) => line.startsWith('web'))).toMatch(/^web\s+11\s+1$/);
  expect(lines.join('\n')).toContain(
    'drops: by the firewall 4, rx ring full 2, rx dropped 4, malformed: truncated 1',
  );
  const later = tableLines(snapshot, snapshot, 500, effective);
  expect(later.find((line) => line.startsWith('fw0'))).toMatch(/^fw0\s+0\s+0\s+0\s+0/);
});

it('tells root of a user namespace from root', () => {
  expect(inInitialUserNamespace('         0          0 4294967295\n')).toBe(true);
  expect(inInitialUserNamespace('         0       1000          1\n')).toBe(false);
});

it('reads missing rights off the process status', () => {
  expect(missingCapabilities('CapEff:\t000001ffffffffff\n')).toEqual([]);
  expect(missingCapabilities('CapEff:\t0000000000000000\n')).toHaveLength(3);
  expect(missingCapabilities('CapEff:\t0000000000002000\n')).toEqual([
    'CAP_NET_ADMIN',
    'CAP_SYS_ADMIN',
  ]);
});
