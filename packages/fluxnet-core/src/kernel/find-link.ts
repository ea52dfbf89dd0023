import { errno } from '../errno.js';
import { checkString } from '../options.js';
import type { Native } from './native.js';
import { NETLINK_ROUTE, NetlinkClient } from './netlink/client.js';
import { type Link, linkRequest, parseLink, RTM_GETLINK } from './netlink/link.js';
import { attempt } from './system-error.js';

/** IFNAMSIZ - 1 */
const LONGEST_NAME = 15;

/** Finds a link by its name and goes on asking over the same socket. */
export function findLink<T>(
  native: Native,
  ifname: string,
  ask: (c: NetlinkClient, link: Link) => T,
): T {
  checkString('ifname', ifname);
  return attempt({ doing: `find interface ${ifname}`, context: { ifname } }, () =>
    NetlinkClient.use(native, NETLINK_ROUTE, (client) => ask(client, readLink(client, ifname))),
  );
}

function readLink(client: NetlinkClient, ifname: string): Link {
  // The kernel would refuse such a name too, but as a wrong argument.
  if (new TextEncoder().encode(ifname).length > LONGEST_NAME || ifname.includes('\0')) {
    throw Object.assign(new Error(ifname), { errno: errno.ENODEV, syscall: 'RTM_GETLINK' });
  }
  return parseLink(client.get('RTM_GETLINK', RTM_GETLINK, linkRequest(ifname)));
}
