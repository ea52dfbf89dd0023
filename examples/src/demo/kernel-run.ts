import { setTimeout as sleep } from 'node:timers/promises';
import type { Effective } from 'fluxnet';
import { buildReport, type RunResult } from './build-report.js';
import { Child } from './child.js';
import { conservationEquations } from './conservation.js';
import type { ClientReport, FirewallSnapshot, Report, ServerReport } from './report.js';
import { removeLeftovers, Topology } from './topology.js';

const ANSWER_MS = 10_000;
const SETTLE_LIMIT_MS = 2000;

export interface RunOptions {
  readonly seconds: number;
  /** Aborted by Ctrl-C: the run ends early, in order. */
  readonly signal: AbortSignal;
  readonly onStep: (text: string) => void;
  readonly onSnapshot: (snapshot: FirewallSnapshot, effective: Effective) => void;
}

/** The demonstration on the running kernel: makes everything, runs it, removes everything. */
export async function runOnKernel(options: RunOptions): Promise<Report> {
  const leftovers = await removeLeftovers();
  if (leftovers.length > 0)
    options.onStep(`removed what a killed run left: ${leftovers.join(', ')}`);
  const topology = new Topology(process.pid);
  const children: Child[] = [];
  try {
    options.onStep('making three network namespaces and two wires');
    await topology.create();
    return buildReport(options.seconds, await run(options, topology, children));
  } finally {
    await Promise.all(children.map((child) => child.close()));
    await topology.remove();
  }
}

async function run(options: RunOptions, topology: Topology, children: Child[]): Promise<RunResult> {
  let effective: Effective | undefined;
  const start = (
    role: 'firewall' | 'server' | 'client',
    onEvent?: (event: unknown) => void,
  ): Child => {
    const child = new Child(role, topology.namespace(role), `${role}-process.js`, onEvent);
    children.push(child);
    return child;
  };

  const firewall = start('firewall', (event) => {
    if (effective !== undefined) options.onSnapshot(event as FirewallSnapshot, effective);
  });
  effective = await firewall.ask<Effective>('open', ANSWER_MS);
  await topology.connect();
  const server = start('server');
  await server.ask('open', ANSWER_MS);
  const client = start('client');
  options.onStep(`running for ${options.seconds} s`);
  await client.ask('start', ANSWER_MS);

  const ended = new AbortController();
  const end = AbortSignal.any([options.signal, ended.signal]);
  await Promise.race([
    sleep(options.seconds * 1000, undefined, { signal: end }).catch(() => {}),
    ...children.map((child) => child.failure),
  ]).finally(() => ended.abort());

  const clientReport = await client.ask<ClientReport>('stop', ANSWER_MS);
  const serverReport = await server.ask<ServerReport>('report', ANSWER_MS);
  const { snapshot, wire } = await settle(firewall, topology);
  return { effective, snapshot, wire, client: clientReport, server: serverReport };
}

/** The books can be closed only when no packet is on its way: waits for that, two seconds at most. */
async function settle(
  firewall: Child,
  topology: Topology,
): Promise<Pick<RunResult, 'snapshot' | 'wire'>> {
  const limit = performance.now() + SETTLE_LIMIT_MS;
  for (;;) {
    const snapshot = await firewall.ask<FirewallSnapshot>('snapshot', ANSWER_MS);
    const wire = await topology.wireCounters();
    const settled = conservationEquations(snapshot, wire).every(({ holds }) => holds);
    if (settled || performance.now() > limit) return { snapshot, wire };
    await sleep(50);
  }
}
