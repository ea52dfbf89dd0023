import type { AttachMode } from './program.js';

/** The XDP program that is attached to an interface now. */
export interface AttachedProgram {
  readonly id: number;
  readonly mode: AttachMode;
  /** The program's name, where the caller may read it (CAP_SYS_ADMIN), as all that follows. */
  readonly name?: string | undefined;
  /** A link goes with its owner; what was attached by netlink stays. */
  readonly attachedBy?: 'link' | 'netlink' | undefined;
  /** When it was loaded, in milliseconds since 1970. */
  readonly loadedAt?: number | undefined;
  /** The user who loaded it. */
  readonly uid?: number | undefined;
  /** Of libxdp's dispatcher: the programs behind it, in the order in which they run. */
  readonly programs?: readonly SharedProgram[] | undefined;
}

/** One of several programs on an interface. */
export interface SharedProgram {
  readonly id: number;
  readonly name?: string | undefined;
}

/** A process that keeps a program, by its descriptor or by a link. */
export interface ProgramOwner {
  readonly pid: number;
  /** The process's name, at most 15 characters. */
  readonly command: string;
  /** `link`: the program is detached when the process closes it or ends. */
  readonly holds: 'link' | 'program';
}

/** Queues (ethtool calls them channels) by what they serve; a combined one does both. */
export interface QueueCounts {
  readonly rx: number;
  readonly tx: number;
  readonly combined: number;
}

/** Entries of a queue's own descriptor ring, the card's, not the socket's. */
export interface RingSizes {
  readonly rx: number;
  readonly tx: number;
}

/** What is now, and what the driver could do at most. */
export interface CurrentAndMaximum<T> {
  readonly current: T;
  readonly maximum: T;
}

/** Work that driver or card do for the host, as far as it matters to raw frames. */
export interface Offloads {
  /** Several packets are joined before the host stack sees them; before XDP in generic mode. */
  readonly gro: boolean;
  /** The card joins packets: drivers refuse XDP, or turn it off. */
  readonly lro: boolean;
  /** The card joins packets in a way that can be undone. */
  readonly groHw: boolean;
  /** The card checks checksums. A frame in the RX ring does not carry the result. */
  readonly rxChecksum: boolean;
  /**
   * Checksums are left to the card. On veth this means that frames of the peer's host stack
   * arrive with unfinished checksums.
   */
  readonly txChecksum: boolean;
  /** The card takes the VLAN tag out of the frame, so that XDP does not see it. */
  readonly rxVlanStrip: boolean;
  readonly txVlanInsert: boolean;
  /** TCP segments are cut by the card. On veth the peer may receive frames of up to 64 KiB. */
  readonly tso: boolean;
  readonly gso: boolean;
}

/** What the driver says of itself (`NETDEV_CMD_DEV_GET`, kernel 6.3), in the kernel's words. */
export interface XdpFeatures {
  readonly driver: readonly XdpDriverFeature[];
  /** What a program may read of a frame (kernel 6.7). */
  readonly rxMetadata: readonly ('timestamp' | 'hash' | 'vlan-tag')[];
  /** What a socket may ask for with a frame (kernel 6.8; launch time 6.14). */
  readonly txMetadata: readonly ('timestamp' | 'checksum' | 'launch-time')[];
  /** Fragments of one frame in zero-copy mode; undefined without zero-copy, or before 6.6. */
  readonly zeroCopyMaxSegments: number | undefined;
}

export type XdpDriverFeature =
  | 'basic'
  | 'redirect'
  | 'ndo-xmit'
  | 'xsk-zerocopy'
  | 'hw-offload'
  | 'rx-sg'
  | 'ndo-xmit-sg';

/** The bond, bridge or other interface that an interface is a member of. */
export interface MasterInterface {
  readonly ifindex: number;
  readonly ifname: string;
  /** `bond`, `bridge`, `team`, `vrf`, `openvswitch`, … */
  readonly kind: string;
}

/**
 * How interrupts of an interface are held back, which kernel busy polling needs: packets are then
 * left to who polls, until the timeout. The administrator's to set, never changed by fluxnet.
 */
export interface NapiSettings {
  /** How many polls without work precede the interrupt (`napi_defer_hard_irqs`, kernel 5.8). */
  readonly deferHardIrqs: number | undefined;
  /** How long the interrupt waits (`gro_flush_timeout`). */
  readonly groFlushTimeoutNs: number | undefined;
  /** How long it waits while somebody polls with success (kernel 6.13). */
  readonly irqSuspendTimeoutNs: number | undefined;
  /** Packets are taken in by threads of the kernel, not in interrupts (kernel 5.12). */
  readonly threaded: boolean | undefined;
}

/** What holds for one RX queue. */
export interface QueueNapi extends NapiSettings {
  readonly queueId: number;
  readonly napiId: number;
}

/** What holds for the interface, and for its RX queues where driver and kernel tell (6.8). */
export interface InterfaceNapi extends NapiSettings {
  readonly rxQueues: readonly QueueNapi[];
}

/** What an interface is at this moment. What cannot be known is undefined. */
export interface InterfaceInfo {
  readonly ifname: string;
  readonly ifindex: number;
  /** Lower-case, colon separated; empty where the link has none. */
  readonly mac: string;
  readonly mtu: number;
  readonly up: boolean;
  /** Carrier: the far end answers. */
  readonly running: boolean;
  /** Empty where the driver does not say. */
  readonly driver: string;
  /** `veth`, `bridge`, `bond`, `vlan`, …; undefined for network cards. */
  readonly kind: string | undefined;
  /** Undefined on machines with one node, and for interfaces without a device. */
  readonly numaNode: number | undefined;
  /** Queues that a socket can bind to: the larger of RX and TX queues in use, at least 1. */
  readonly queueCount: number;
  /** Undefined where the driver has no say over its queues. */
  readonly queues: CurrentAndMaximum<QueueCounts> | undefined;
  readonly rings: CurrentAndMaximum<RingSizes> | undefined;
  readonly offloads: Offloads | undefined;
  readonly napi: InterfaceNapi | undefined;
  /** Undefined before kernel 6.3. */
  readonly xdpFeatures: XdpFeatures | undefined;
  readonly master: MasterInterface | undefined;
  readonly program: AttachedProgram | undefined;
}

/** An address of an interface. */
export interface InterfaceAddress {
  readonly family: 4 | 6;
  readonly address: string;
  readonly prefixLength: number;
  /** `global`, `link`, `host`, `site`, `nowhere`, or the number of one's own. */
  readonly scope: string;
}

export type NeighbourState =
  | 'none'
  | 'incomplete'
  | 'reachable'
  | 'stale'
  | 'delay'
  | 'probe'
  | 'failed'
  | 'noarp'
  | 'permanent';

/** An entry of the ARP or NDP table of an interface. */
export interface Neighbour {
  readonly family: 4 | 6;
  readonly address: string;
  /** Undefined while it is being asked for, and after that failed. */
  readonly mac: string | undefined;
  readonly state: NeighbourState;
}

export type RouteType =
  | 'unicast'
  | 'local'
  | 'broadcast'
  | 'anycast'
  | 'multicast'
  | 'blackhole'
  | 'unreachable'
  | 'prohibit'
  | 'throw'
  | 'nat'
  | 'xresolve';

export interface NextHop {
  /** Undefined where the destination is on the link. May be IPv6 on an IPv4 route. */
  readonly gateway: string | undefined;
  readonly ifindex: number;
  readonly ifname: string;
  /** Share among several next hops, 1 to 256. */
  readonly weight: number;
}

/** A route. The default route has `prefixLength` 0. */
export interface Route {
  readonly family: 4 | 6;
  readonly type: RouteType;
  readonly destination: string;
  readonly prefixLength: number;
  /** Empty for routes that lead nowhere, such as `blackhole`. */
  readonly nextHops: readonly NextHop[];
  /** The address that packets get as their source. */
  readonly source: string | undefined;
  /** The smaller wins. */
  readonly metric: number;
  /** 254 is `main`, 255 `local`. */
  readonly table: number;
  readonly scope: string;
}

export type LinkChange = 'removed' | 'up' | 'down' | 'carrier' | 'no-carrier' | 'mtu';

/** One change of one interface. Several at once come in the order of {@link LinkChange}. */
export interface LinkEvent {
  /** The name at the time; the index is what stays. */
  readonly ifname: string;
  readonly ifindex: number;
  readonly change: LinkChange;
  /** The new one, with `mtu`. */
  readonly mtu?: number;
}

/** A running subscription to link events. */
export interface LinkWatch {
  /**
   * How often the kernel had more to tell than it could keep. The links were read again each time
   * and the differences reported: nothing that lasted was lost, what came and went may have been.
   */
  readonly overruns: number;
  /** Idempotent; the listener is not called any more. */
  close(): void;
}
