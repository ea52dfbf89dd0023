import { errno } from '../errno.js';
import type { Native } from './native.js';
import { NETLINK_GENERIC, NetlinkClient } from './netlink/client.js';
import { familyRequest, GENL_ID_CTRL, NETDEV_FAMILY, parseFamily } from './netlink/xdp-features.js';
import { attempt } from './system-error.js';

/** What kernels answer that know neither the family (6.3) nor the command (6.8). */
const NO_ANSWER: readonly unknown[] = [errno.ENOENT, errno.EOPNOTSUPP, errno.EINVAL];

/** Asks the generic netlink family `netdev`. Undefined where the kernel has no answer. */
export function askNetdev<T>(
  native: Native,
  ifname: string,
  ask: (client: NetlinkClient, family: number) => T,
): T | undefined {
  const call = (client: NetlinkClient) => {
    const found = client.get('CTRL_CMD_GETFAMILY', GENL_ID_CTRL, familyRequest(NETDEV_FAMILY));
    const family = parseFamily(found);
    return family === undefined ? undefined : ask(client, family);
  };
  return attempt({ doing: `ask the kernel about ${ifname}`, context: { ifname } }, () => {
    try {
      return NetlinkClient.use(native, NETLINK_GENERIC, call);
    } catch (error) {
      if (NO_ANSWER.includes((error as { errno?: unknown }).errno)) return undefined;
      throw error;
    }
  });
}
