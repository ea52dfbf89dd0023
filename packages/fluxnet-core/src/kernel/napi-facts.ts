import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { InterfaceNapi, QueueNapi } from '../contract/interface.js';
import type { Native } from './native.js';
import { askNetdev } from './netdev-family.js';
import type { Link } from './netlink/link.js';
import {
  type NapiEntry,
  napisRequest,
  parseNapi,
  parseQueue,
  type QueueEntry,
  queuesRequest,
} from './netlink/napi.js';

/** The queues in use (`NETDEV_CMD_QUEUE_GET`); undefined before kernel 6.8. */
export function readQueues(
  native: Native,
  ifname: string,
  ifindex: number,
): readonly QueueEntry[] | undefined {
  return askNetdev(native, ifname, (client, family) =>
    client.dump('NETDEV_CMD_QUEUE_GET', family, queuesRequest(ifindex)).map(parseQueue),
  );
}

/** What is set for the interface, and for those of its queues that it is known of. */
export function readNapi(
  native: Native,
  ifname: string,
  link: Link,
  queues: readonly QueueEntry[],
): InterfaceNapi | undefined {
  const { ifindex } = link;
  const napis = askNetdev(native, ifname, (client, family) =>
    client.dump('NETDEV_CMD_NAPI_GET', family, napisRequest(ifindex)).map(parseNapi),
  );
  const interfaceWide = napiOfSysfs(ifname, link);
  const rxQueues = queues.flatMap((queue) => queueNapi(queue, napis ?? []));
  if (interfaceWide === undefined && rxQueues.length === 0) return undefined;
  return { ...NOTHING, ...interfaceWide, rxQueues };
}

const NO_ADDRESS = '00:00:00:00:00:00';
const NOTHING = {
  deferHardIrqs: undefined,
  groFlushTimeoutNs: undefined,
  irqSuspendTimeoutNs: undefined,
  threaded: undefined,
};

function queueNapi({ rx, queueId, napiId }: QueueEntry, napis: readonly NapiEntry[]): QueueNapi[] {
  const napi = rx ? napis.find((entry) => entry.napiId === napiId) : undefined;
  return napi === undefined ? [] : [{ queueId, ...napi }];
}

/**
 * sysfs shows the interfaces of the namespace that it was mounted in. It counts only when its
 * interface is ours: the same index and the same address. Every namespace has a `lo` with neither
 * of its own.
 */
export function napiOfSysfs(
  ifname: string,
  { ifindex, mac }: Pick<Link, 'ifindex' | 'mac'>,
  sysfs = '/sys',
) {
  const read = (name: string) => {
    try {
      return readFileSync(join(sysfs, 'class', 'net', ifname, name), 'utf8').trim();
    } catch {
      return undefined;
    }
  };
  const number = (name: string) => {
    const text = read(name);
    return text === undefined ? undefined : Number(text);
  };
  if (mac === undefined || mac === NO_ADDRESS) return undefined;
  if (number('ifindex') !== ifindex || read('address') !== mac) return undefined;
  const threaded = number('threaded');
  return {
    deferHardIrqs: number('napi_defer_hard_irqs'),
    groFlushTimeoutNs: number('gro_flush_timeout'),
    threaded: threaded === undefined ? undefined : threaded !== 0,
  };
}
