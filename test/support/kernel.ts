import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';

/** Kernel tests run as root on Linux, with the addon; elsewhere they are skipped, and say so. */
export const hasKernel =
  process.platform === 'linux' && process.getuid?.() === 0 && process.env.FLUXNET_NO_NATIVE !== '1';

let isolated = false;

/**
 * `npm test` runs the tests in a network namespace of their own, which ends with them. Where an
 * interface of the machine is up, none is made: that is no place for tests.
 */
export function requireIsolation(): void {
  if (isolated) return;
  const links = JSON.parse(ip('-json link show up')) as { ifname?: string }[];
  const foreign = links.find(
    ({ ifname = 'lo' }) => ifname !== 'lo' && !/^v\d+x\d+[ab]$/.test(ifname),
  );
  if (foreign !== undefined) {
    throw new Error(
      `kernel tests need a network namespace of their own, this one has ${foreign.ifname}: ` +
        'npm test, or unshare --net npx vitest run',
    );
  }
  ip('link set lo up');
  isolated = true;
}

export function ip(command: string, input = ''): string {
  return execFileSync('ip', command.split(' '), { encoding: 'utf8', input });
}

let pairs = 0;

/** A veth pair with its two ends in this namespace. */
export interface VethPair {
  readonly a: string;
  readonly b: string;
  /** Removes both ends, and with them what is attached. */
  remove(): void;
}

/** Makes a veth pair, both ends up, IPv6 off, so that only what a test sends is on the wire. */
export function makeVethPair(queueCount = 1, peerQueueCount = queueCount): VethPair {
  requireIsolation();
  const name = `v${process.pid}x${++pairs}`;
  const [a, b] = [`${name}a`, `${name}b`];
  const queues = (count: number) => `numtxqueues ${count} numrxqueues ${count}`;
  ip(`link add ${a} ${queues(queueCount)} type veth peer name ${b} ${queues(peerQueueCount)}`);
  for (const end of [a, b]) {
    const knob = `/proc/sys/net/ipv6/conf/${end}/disable_ipv6`;
    if (existsSync(knob)) writeFileSync(knob, '1');
  }
  ip('-batch -', `link set ${a} up\nlink set ${b} up\n`);
  return { a, b, remove: () => ip(`link del ${a}`) };
}

/** Descriptors and mappings of this process that can be ours: what a leak would add to. */
export function held(): { fds: number; mappings: number } {
  const targets = readdirSync('/proc/self/fd').map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return ''; // The descriptor of the listing itself.
    }
  });
  const maps = readFileSync('/proc/self/maps', 'utf8').split('\n');
  return {
    fds: targets.filter((target) => /^(socket:|anon_inode:bpf|\/memfd:)/.test(target)).length,
    mappings: maps.filter((line) => /memfd:fluxnet|socket:\[/.test(line)).length,
  };
}
