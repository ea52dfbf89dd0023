import type {
  AttachedProgram,
  CurrentAndMaximum,
  InterfaceInfo,
  MasterInterface,
  Offloads,
  QueueCounts,
  RingSizes,
  XdpFeatures,
} from '../contract/interface.js';
import { findLink } from './find-link.js';
import { readNapi, readQueues } from './napi-facts.js';
import type { Native, NativeEthtool } from './native.js';
import { askNetdev } from './netdev-family.js';
import type { NetlinkClient } from './netlink/client.js';
import { type Link, linkRequest, parseLink, RTM_GETLINK } from './netlink/link.js';
import type { QueueEntry } from './netlink/napi.js';
import { parseXdpFeatures, xdpFeaturesRequest } from './netlink/xdp-features.js';
import { numaNode } from './numa-node.js';
import { attempt } from './system-error.js';

/** Reads what an interface is. @throws {FluxError} `FLUX_UNKNOWN_INTERFACE` */
export function readInterface(native: Native, ifname: string): InterfaceInfo {
  const { link, master } = findLink(native, ifname, (client, link) => ({
    link,
    master: readMaster(client, link),
  }));
  const ethtool = attempt({ doing: `ask the driver of ${ifname}`, context: { ifname } }, () =>
    native.ethtool(ifname),
  );
  const queues = queueCounts(ethtool);
  const inUse = readQueues(native, ifname, link.ifindex);
  return {
    ifname,
    ifindex: link.ifindex,
    mac: link.mac ?? '',
    mtu: link.mtu ?? 0,
    up: link.up,
    running: link.running,
    driver: ethtool.driver,
    kind: link.kind,
    numaNode: link.parent && numaNode(link.parent),
    queueCount: bindableQueues(link, queues?.current, inUse),
    queues,
    rings: ringSizes(ethtool),
    offloads: offloads(ethtool),
    napi: readNapi(native, ifname, link, inUse ?? []),
    xdpFeatures: readXdpFeatures(native, ifname, link.ifindex),
    master,
    program: attachedProgram(native, link),
  };
}

/** The XDP program on an interface. @throws {FluxError} `FLUX_UNKNOWN_INTERFACE` */
export function readProgram(native: Native, ifname: string): AttachedProgram | undefined {
  return attachedProgram(
    native,
    findLink(native, ifname, (_, link) => link),
  );
}

/** The index of an interface. @throws {FluxError} `FLUX_UNKNOWN_INTERFACE` */
export function readIfindex(native: Native, ifname: string): number {
  return findLink(native, ifname, (_, link) => link.ifindex);
}

/** Queues that a socket can bind to. @throws {FluxError} `FLUX_UNKNOWN_INTERFACE` */
export function readQueueCount(native: Native, ifname: string): number {
  const link = findLink(native, ifname, (_, link) => link);
  const channels = queueCounts(native.ethtool(ifname))?.current;
  return bindableQueues(link, channels, readQueues(native, ifname, link.ifindex));
}

function readMaster(client: NetlinkClient, { master }: Link): MasterInterface | undefined {
  if (master === undefined) return undefined;
  const { ifindex, kind = '' } = master;
  const { ifname = '' } = parseLink(client.get('RTM_GETLINK', RTM_GETLINK, linkRequest(ifindex)));
  return { ifindex, ifname, kind };
}

function readXdpFeatures(native: Native, ifname: string, ifindex: number): XdpFeatures | undefined {
  return askNetdev(native, ifname, (client, family) =>
    parseXdpFeatures(client.get('NETDEV_CMD_DEV_GET', family, xdpFeaturesRequest(ifindex))),
  );
}

function attachedProgram(native: Native, { ifindex, program }: Link): AttachedProgram | undefined {
  if (program === undefined) return undefined;
  return { ...program, ...native.programFacts(ifindex, program.id) };
}

function queueCounts({ channels }: NativeEthtool): CurrentAndMaximum<QueueCounts> | undefined {
  if (channels === undefined) return undefined;
  const { rx, tx, combined, maxRx, maxTx, maxCombined } = channels;
  return {
    current: { rx, tx, combined },
    maximum: { rx: maxRx, tx: maxTx, combined: maxCombined },
  };
}

/**
 * The larger of RX and TX queues in use (xsk_bind, net/xdp/xsk.c). A driver that has no say over
 * its queues may have several all the same; before kernel 6.8 the number it was made with stands
 * for those.
 */
function bindableQueues(
  link: Link,
  channels: QueueCounts | undefined,
  inUse: readonly QueueEntry[] | undefined,
): number {
  if (channels !== undefined) {
    return Math.max(1, channels.combined + Math.max(channels.rx, channels.tx));
  }
  // An interface that is down tells none.
  if (inUse === undefined || inUse.length === 0) return link.mostQueues;
  return Math.max(...inUse.map(({ queueId }) => queueId + 1));
}

function ringSizes({ rings }: NativeEthtool): CurrentAndMaximum<RingSizes> | undefined {
  if (rings === undefined) return undefined;
  const { rx, tx, maxRx, maxTx } = rings;
  return { current: { rx, tx }, maximum: { rx: maxRx, tx: maxTx } };
}

/** Names of `netdev_features_strings` (net/ethtool/common.c). */
function offloads({ activeFeatures }: NativeEthtool): Offloads | undefined {
  if (activeFeatures === undefined) return undefined;
  const on = new Set(activeFeatures);
  return {
    gro: on.has('rx-gro'),
    lro: on.has('rx-lro'),
    groHw: on.has('rx-gro-hw'),
    rxChecksum: on.has('rx-checksum'),
    txChecksum: ['ip-generic', 'ipv4', 'ipv6'].some((which) => on.has(`tx-checksum-${which}`)),
    rxVlanStrip: on.has('rx-vlan-hw-parse'),
    txVlanInsert: on.has('tx-vlan-hw-insert'),
    tso: on.has('tx-tcp-segmentation'),
    gso: on.has('tx-generic-segmentation'),
  };
}
