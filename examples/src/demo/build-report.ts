import type { Effective } from 'fluxnet';
import { conservationEquations } from './conservation.js';
import type {
  ClientReport,
  FirewallSnapshot,
  Report,
  ServerReport,
  WireCounters,
} from './report.js';

export interface RunResult {
  readonly effective: Effective;
  readonly snapshot: FirewallSnapshot;
  readonly client: ClientReport;
  readonly server: ServerReport;
  readonly wire: WireCounters;
}

export function buildReport(seconds: number, run: RunResult): Report {
  const { effective, snapshot, client, server, wire } = run;
  const { ports } = snapshot.engine;
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const malformed = sum(Object.values(snapshot.malformed));
  const byRule = (count: 'allowed' | 'dropped') =>
    Object.fromEntries(
      snapshot.rules.filter((rule) => rule[count] > 0).map((rule) => [rule.name, rule[count]]),
    );
  const equations = conservationEquations(snapshot, wire);
  return {
    backend: effective.backend,
    seconds,
    effective,
    http: {
      allowed: client.allowed,
      blocked: client.blocked,
      requests: client.httpRequests,
      failures: client.httpFailures,
    },
    ping: client.ping,
    udp: {
      sent: client.udpSent,
      receivedAllowed: server.udpReceived,
      receivedFlood: server.floodReceived,
    },
    forwarded: sum(ports.map((port) => port.txPackets)),
    dropped: sum(ports.map((port) => port.drops.handler + port.drops.txRingFull)),
    allowedByRule: byRule('allowed'),
    dropsByRule: { ...byRule('dropped'), ...(malformed > 0 ? { malformed } : {}) },
    malformed: snapshot.malformed,
    conservation: equations.every((equation) => equation.holds),
    equations,
    operands: { wire, engine: snapshot.engine },
  };
}

/** What the demonstration promises; the names of the promises that were not kept. */
export function brokenPromises(report: Report): string[] {
  const promises: Record<string, boolean> = {
    'HTTP to the allowed port answers 200': report.http.allowed === 200,
    'nothing gets through to the blocked port': report.http.blocked !== 'connected',
    'ping passes': report.ping.received > 0,
    'the UDP flood is dropped': (report.dropsByRule['udp-flood'] ?? 0) > 0,
    'no packet of the flood gets through': report.udp.receivedFlood === 0,
    'every packet is accounted for': report.conservation,
  };
  return Object.keys(promises).filter((name) => !promises[name]);
}
