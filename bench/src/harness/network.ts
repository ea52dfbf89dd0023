import { existsSync, readdirSync } from 'node:fs';
import { ip, runTool } from './run-tool.js';

const PREFIX = 'fluxnet-bench-';
const NAMESPACE_FOLDER = '/run/netns';

/** Two ends of a veth pair. */
export interface Wire {
  readonly near: string;
  readonly far: string;
}

let made = 0;

/**
 * A network namespace of a benchmark's own, with the wires that it lays. Its name carries the id
 * of the process that made it, so that the next run can remove it if this one is killed.
 */
export class BenchNetwork {
  readonly namespace = `${PREFIX}${process.pid}-${made++}`;
  #wires = 0;

  async create(): Promise<void> {
    await ip(`netns add ${this.namespace}`);
    // Router solicitations and the like would be packets that nobody asked for.
    const switches = ['all', 'default'].map((name) => `/proc/sys/net/ipv6/conf/${name}`);
    const script = switches
      .map((folder) => `[ ! -e ${folder} ] || echo 1 > ${folder}/disable_ipv6`)
      .join('; ');
    await runTool('ip', ['netns', 'exec', this.namespace, 'sh', '-c', script]);
  }

  /** A veth pair with one queue at each end, both up, without addresses. */
  async addWire(): Promise<Wire> {
    const number = this.#wires++;
    const wire = { near: `near${number}`, far: `far${number}` };
    const queues = 'numtxqueues 1 numrxqueues 1';
    const inside = `-n ${this.namespace}`;
    await ip(`${inside} link add ${wire.near} ${queues} type veth peer name ${wire.far} ${queues}`);
    for (const end of [wire.near, wire.far]) await ip(`${inside} link set ${end} up`);
    return wire;
  }

  /** Removes the namespace and, with it, interfaces and programs. Idempotent. */
  remove(): Promise<void> {
    return removeNamespace(this.namespace);
  }
}

/** Removes what runs left behind that were killed. Returns the names of what was removed. */
export async function removeLeftovers(): Promise<string[]> {
  if (!existsSync(NAMESPACE_FOLDER)) return [];
  const stale = readdirSync(NAMESPACE_FOLDER).filter((name) => {
    const pid = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
    return pid !== undefined && !existsSync(`/proc/${pid}`);
  });
  for (const namespace of stale) await removeNamespace(namespace);
  return stale;
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
  await ip(`netns del ${namespace}`);
}
