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
import { errno } from '../errno.js';
import { findLink } from './find-link.js';
import type { Native, NativeEthtool } from './native.js';
import { NETLINK_GENERIC, NetlinkClient } from './netlink/client.js';
import { type Link, linkRequest, parseLink, RTM_GETLINK } from './netlink/link.js';
import {
  familyRequest,
  GENL_ID_CTRL,
  NETDEV_FAMILY,
  parseFamily,
  parseXdpFeatures,
  xdpFeaturesRequest,
} from './netlink/xdp-features.js';
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
    queueCount: bindableQueues(queues?.current),
    queues,
    rings: ringSizes(ethtool),
    offloads: offloads(ethtool),
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
  readIfindex(native, ifname);
  return bindableQueues(queueCounts(native.ethtool(ifname))?.current);
}

function readMaster(client: NetlinkClient, { master }: Link): MasterInterface | undefined {
  if (master === undefined) return undefined;
  const { ifindex, kind = '' } = master;
  const { ifname = '' } = parseLink(client.get('RTM_GETLINK', RTM_GETLINK, linkRequest(ifindex)));
  return { ifindex, ifname, kind };
}

/** Kernels before 6.3 know neither the family nor the question. */
const NO_ANSWER: readonly unknown[] = [errno.ENOENT, errno.EOPNOTSUPP, errno.EINVAL];

function readXdpFeatures(native: Native, ifname: string, ifindex: number): XdpFeatures | undefined {
  const ask = (client: NetlinkClient) => {
    const found = client.get('CTRL_CMD_GETFAMILY', GENL_ID_CTRL, familyRequest(NETDEV_FAMILY));
    const family = parseFamily(found);
    if (family === undefined) return undefined;
    return parseXdpFeatures(client.get('NETDEV_CMD_DEV_GET', family, xdpFeaturesRequest(ifindex)));
  };
  return attempt({ doing: `read the XDP features of ${ifname}`, context: { ifname } }, () => {
    try {
      return NetlinkClient.use(native, NETLINK_GENERIC, ask);
    } catch (error) {
      if (NO_ANSWER.includes((error as { errno?: unknown }).errno)) return undefined;
      throw error;
    }
  });
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

/** Drivers that cannot change their channels have one queue pair. */
function bindableQueues(current: QueueCounts | undefined): number {
  if (current === undefined) return 1;
  return Math.max(1, current.combined + Math.max(current.rx, current.tx));
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
