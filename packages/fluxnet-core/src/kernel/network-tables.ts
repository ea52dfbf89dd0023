import type { InterfaceAddress, Neighbour, Route } from '../contract/interface.js';
import { findLink } from './find-link.js';
import type { Native } from './native.js';
import { addressRequest, parseAddress, RTM_GETADDR } from './netlink/address.js';
import { NETLINK_ROUTE, NetlinkClient } from './netlink/client.js';
import { type Link, linkRequest, parseLink, RTM_GETLINK } from './netlink/link.js';
import { neighbourRequest, parseNeighbour, RTM_GETNEIGH } from './netlink/neighbour.js';
import { parseRoute, RTM_GETROUTE, routeRequest } from './netlink/route.js';
import { attempt } from './system-error.js';

/** Every interface of the namespace, in order of index. */
export function readLinks(native: Native): readonly Link[] {
  return attempt({ doing: 'list the interfaces' }, () =>
    NetlinkClient.use(native, NETLINK_ROUTE, (client) =>
      client
        .dump('RTM_GETLINK', RTM_GETLINK, linkRequest(0))
        .map(parseLink)
        .sort((a, b) => a.ifindex - b.ifindex),
    ),
  );
}

/** @throws {FluxError} `FLUX_UNKNOWN_INTERFACE` */
export function readAddresses(native: Native, ifname: string): readonly InterfaceAddress[] {
  return findLink(native, ifname, (client, { ifindex }) =>
    client
      .dump('RTM_GETADDR', RTM_GETADDR, addressRequest(ifindex))
      .map(parseAddress)
      .filter((address) => address?.ifindex === ifindex)
      .map((address) => withoutIndex(address!)),
  );
}

/** @throws {FluxError} `FLUX_UNKNOWN_INTERFACE` */
export function readNeighbours(native: Native, ifname: string): readonly Neighbour[] {
  return findLink(native, ifname, (client, { ifindex }) =>
    client
      .dump('RTM_GETNEIGH', RTM_GETNEIGH, neighbourRequest(ifindex))
      .map(parseNeighbour)
      .filter((neighbour) => neighbour?.ifindex === ifindex)
      .map((neighbour) => withoutIndex(neighbour!)),
  );
}

export function readRoutes(native: Native): readonly Route[] {
  const names = new Map(readLinks(native).map(({ ifindex, ifname }) => [ifindex, ifname ?? '']));
  const routes = attempt({ doing: 'read the routes' }, () =>
    NetlinkClient.use(native, NETLINK_ROUTE, (client) =>
      client.dump('RTM_GETROUTE', RTM_GETROUTE, routeRequest()).map(parseRoute),
    ),
  );
  return routes
    .filter((route) => route !== undefined)
    .map((route) => ({
      ...route,
      nextHops: route.nextHops.map((hop) => ({ ...hop, ifname: names.get(hop.ifindex) ?? '' })),
    }));
}

function withoutIndex<T extends { readonly ifindex: number }>(entry: T): Omit<T, 'ifindex'> {
  const { ifindex: _, ...others } = entry;
  return others;
}
