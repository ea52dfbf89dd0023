import { FluxEngine } from 'fluxnet';
import { SimNetwork } from 'fluxnet-simulator';
import { Firewall } from '../firewall/firewall.js';
import { demoRules } from '../firewall/rules.js';
import { buildReport } from './build-report.js';
import type { RunOptions } from './kernel-run.js';
import type { FirewallSnapshot, Report, WireCounters } from './report.js';
import { SimulatedClient, SimulatedServer } from './simulated-hosts.js';

const SLICE_MS = 250;
const STEP_MS = 2;
const FLOOD_BURST = 32;
const HTTP_INTERVAL_MS = 100;
const PING_INTERVAL_MS = 200;
const SETTLE_MS = 200;

/** The demonstration on the simulated kernel, with generated traffic, in virtual time. */
export async function runOnSimulator(options: RunOptions): Promise<Report> {
  const net = new SimNetwork();
  const inside = net.addInterface('fw0');
  const outside = net.addInterface('fw1');
  const client = new SimulatedClient(inside);
  const server = new SimulatedServer(outside);
  const firewall = new Firewall(demoRules, net.clock);
  const engine = await FluxEngine.open({
    backend: net.backend,
    ports: [{ ifname: 'fw0' }, { ifname: 'fw1' }],
    handler: firewall.handler,
  });
  const running = engine.run();
  running.catch(() => {}); // Awaited at the end; until then the slices show that it failed.
  options.onStep(`running ${options.seconds} s of virtual time`);
  const snapshot = (): FirewallSnapshot => ({
    engine: engine.stats(),
    rules: firewall.counts(),
    malformed: firewall.malformed(),
  });

  client.askForServer();
  for (let ms = 0; ms < options.seconds * 1000 && !options.signal.aborted; ms += STEP_MS) {
    client.flood(FLOOD_BURST);
    if (ms % HTTP_INTERVAL_MS === 0) {
      client.requestPage();
      client.tryBlockedPort();
    }
    if (ms % PING_INTERVAL_MS === 0) client.ping();
    await net.run(STEP_MS);
    if (ms % SLICE_MS === 0) options.onSnapshot(snapshot(), engine.effective);
  }
  await net.run(SETTLE_MS);

  const wire: WireCounters = {
    client: { txPackets: client.txPackets, rxPackets: client.rxPackets, rxDropped: 0 },
    server: { txPackets: server.txPackets, rxPackets: server.rxPackets, rxDropped: 0 },
    inside: inside.counters,
    outside: outside.counters,
  };
  const report = buildReport(options.seconds, {
    effective: engine.effective,
    snapshot: snapshot(),
    client: client.report(),
    server: server.report,
    wire,
  });
  const closed = engine.close();
  await net.run(SETTLE_MS);
  await Promise.all([closed, running]);
  return report;
}
