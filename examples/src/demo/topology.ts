import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { PeerCounters, WireCounters } from './report.js';
import { ip, runTool } from './run-ip.js';

/*
 *   namespace client        namespace firewall          namespace server
 *   10.77.0.1  cli0 ======== fw0 [ firewall ] fw1 ======== srv0  10.77.0.2
 *                            port 0        port 1
 *
 * One IP network: the firewall is a bump in the wire and has no address of its own.
 */
export const CLIENT_IP = '10.77.0.1';
export const SERVER_IP = '10.77.0.2';
const PREFIX = 'fluxnet-demo-';
const NAMESPACE_FOLDER = '/run/netns';

export type Role = 'client' | 'firewall' | 'server';

/** The namespaces and wires of one run. Their names carry the id of the process that made them. */
export class Topology {
  readonly #pid: number;

  constructor(pid: number) {
    this.#pid = pid;
  }

  namespace(role: Role): string {
    return `${PREFIX}${this.#pid}-${role}`;
  }

  /** Makes everything but leaves the far ends down, so that their counters start at zero. */
  async create(): Promise<void> {
    const [client, firewall, server] = (['client', 'firewall', 'server'] as const).map((role) =>
      this.namespace(role),
    ) as [string, string, string];
    for (const namespace of [client, firewall, server]) {
      await ip(`netns add ${namespace}`);
      await disableIpv6(namespace);
      await ip(`-n ${namespace} link set lo up`);
    }
    await addWire(firewall, 'fw0', client, 'cli0', `${CLIENT_IP}/24`);
    await addWire(firewall, 'fw1', server, 'srv0', `${SERVER_IP}/24`);
  }

  /** Brings the far ends up: packets can flow from now on. */
  async connect(): Promise<void> {
    await ip(`-n ${this.namespace('client')} link set cli0 up`);
    await ip(`-n ${this.namespace('server')} link set srv0 up`);
  }

  async wireCounters(): Promise<WireCounters> {
    const firewall = this.namespace('firewall');
    return {
      client: await linkCounters(this.namespace('client'), 'cli0'),
      server: await linkCounters(this.namespace('server'), 'srv0'),
      inside: await linkCounters(firewall, 'fw0'),
      outside: await linkCounters(firewall, 'fw1'),
    };
  }

  /** Removes the namespaces and, with them, interfaces and programs. Idempotent. */
  async remove(): Promise<void> {
    for (const role of ['client', 'firewall', 'server'] as const) {
      await removeNamespace(this.namespace(role));
    }
  }
}

/** Removes what runs left behind that were killed. Returns the names of what was removed. */
export async function removeLeftovers(): Promise<string[]> {
  if (!existsSync(NAMESPACE_FOLDER)) return [];
  const stale = readdirSync(NAMESPACE_FOLDER).filter((name) => {
    const pid = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
    return pid !== undefined && !isRunning(pid);
  });
  const removed: string[] = [];
  for (const namespace of stale) {
    // Another start may be at it as well; what is left then, a later one removes.
    if (
      await removeNamespace(namespace).then(
        () => true,
        () => false,
      )
    )
      removed.push(namespace);
  }
  return removed;
}

/** A killed process may still be listed, without a command line; its id may be another's by now. */
function isRunning(pid: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('node');
  } catch {
    return false;
  }
}

async function removeNamespace(namespace: string): Promise<void> {
  if (!existsSync(`${NAMESPACE_FOLDER}/${namespace}`)) return;
  // Processes would keep the namespace alive, and its interfaces with it.
  for (const pid of (await ip(`netns pids ${namespace}`)).split('\n').filter(Boolean)) {
    try {
      process.kill(Number(pid), 'SIGKILL');
    } catch {
      // It ended by itself.
    }
  }
  await ip(`netns del ${namespace}`).catch((error: unknown) => {
    if (existsSync(`${NAMESPACE_FOLDER}/${namespace}`)) throw error; // Else somebody was faster.
  });
}

async function addWire(
  nearNamespace: string,
  near: string,
  farNamespace: string,
  far: string,
  address: string,
): Promise<void> {
  // One queue each: AF_XDP receives per queue, and one socket serves one queue.
  await ip(
    `-n ${nearNamespace} link add ${near} numtxqueues 1 numrxqueues 1 type veth ` +
      `peer name ${far} numtxqueues 1 numrxqueues 1 netns ${farNamespace}`,
  );
  await ip(`-n ${farNamespace} addr add ${address} dev ${far}`);
  // Checksums must be in the frames: no hardware adds them on the way.
  await runTool('ip', ['netns', 'exec', farNamespace, 'ethtool', '-K', far, 'tx', 'off']);
  await ip(`-n ${nearNamespace} link set ${near} up`);
}

/** Router solicitations and the like would be packets that nobody asked for. */
async function disableIpv6(namespace: string): Promise<void> {
  const switches = ['all', 'default'].map((name) => `/proc/sys/net/ipv6/conf/${name}/disable_ipv6`);
  const script = switches.map((file) => `[ ! -e ${file} ] || echo 1 > ${file}`).join('; ');
  await runTool('ip', ['netns', 'exec', namespace, 'sh', '-c', script]);
}

async function linkCounters(namespace: string, ifname: string): Promise<PeerCounters> {
  const [link] = JSON.parse(await ip(`-n ${namespace} -json -s link show dev ${ifname}`)) as [
    { stats64: { rx: { packets: number; dropped: number }; tx: { packets: number } } },
  ];
  return {
    txPackets: link.stats64.tx.packets,
    rxPackets: link.stats64.rx.packets,
    rxDropped: link.stats64.rx.dropped,
  };
}
