import { macText } from './address-text.js';
import {
  type Attributes,
  bytes,
  LITTLE_ENDIAN,
  nested,
  parseAttributes,
  rest,
  text,
  textAttribute,
  u8,
  u32,
} from './attributes.js';

// Links (`struct ifinfomsg`, include/uapi/linux/rtnetlink.h; attributes in if_link.h):
//
//   0        1        2        4                 8                 12               16
//   | family | -      | device | index           | flags           | changed flags  | attributes
export const RTM_NEWLINK = 16;
export const RTM_DELLINK = 17;
export const RTM_GETLINK = 18;
/** Multicast group of changes (`RTNLGRP_LINK`). */
export const LINK_GROUP = 1;

const HEADER = 16;
const IFLA_ADDRESS = 1;
const IFLA_IFNAME = 3;
const IFLA_MTU = 4;
const IFLA_MASTER = 10;
const IFLA_LINKINFO = 18;
const IFLA_NUM_TX_QUEUES = 31;
const IFLA_NUM_RX_QUEUES = 32;
const IFLA_XDP = 43;
const IFLA_PARENT_DEV_NAME = 56;
const IFLA_PARENT_DEV_BUS_NAME = 57;
const IFLA_INFO_KIND = 1;
const IFLA_INFO_SLAVE_KIND = 4;
const IFLA_XDP_ATTACHED = 2;
const IFLA_XDP_PROG_ID = 4;
const IFLA_XDP_DRV_PROG_ID = 5;
const IFLA_XDP_SKB_PROG_ID = 6;

const XDP_ATTACHED_NONE = 0;
const XDP_ATTACHED_SKB = 2;

const IFF_UP = 0x1;
const IFF_RUNNING = 0x40;

export interface Link {
  /** Not 0 for what a bridge says about its ports, with the ports' indices. */
  readonly family: number;
  readonly ifindex: number;
  readonly up: boolean;
  readonly running: boolean;
  /** Messages about wireless events come without most of what follows. */
  readonly ifname: string | undefined;
  readonly mac: string | undefined;
  readonly mtu: number | undefined;
  /** `veth`, `bridge`, `bond`, …; plain network cards have none. */
  readonly kind: string | undefined;
  readonly master: { readonly ifindex: number; readonly kind: string | undefined } | undefined;
  /** The device behind the interface (kernel 5.14): its bus and its name there. */
  readonly parent: { readonly bus: string; readonly device: string } | undefined;
  readonly program: { readonly id: number; readonly mode: 'native' | 'generic' } | undefined;
  /** The larger of RX and TX queues that it was made with; fewer may be in use. */
  readonly mostQueues: number;
}

/** @throws {FluxError} `FLUX_NETLINK_MALFORMED` */
export function parseLink(payload: DataView): Link {
  const attributes = parseAttributes(rest(payload, HEADER));
  const flags = payload.getUint32(8, LITTLE_ENDIAN);
  const info = nested(attributes, IFLA_LINKINFO);
  const mac = bytes(attributes, IFLA_ADDRESS);
  return {
    family: payload.getUint8(0),
    ifindex: payload.getUint32(4, LITTLE_ENDIAN),
    up: (flags & IFF_UP) !== 0,
    running: (flags & IFF_RUNNING) !== 0,
    ifname: text(attributes, IFLA_IFNAME),
    mac: mac && macText(mac),
    mtu: u32(attributes, IFLA_MTU),
    kind: info && text(info, IFLA_INFO_KIND),
    master: master(attributes, info),
    parent: parent(attributes),
    program: program(nested(attributes, IFLA_XDP)),
    mostQueues: Math.max(
      u32(attributes, IFLA_NUM_RX_QUEUES) ?? 1,
      u32(attributes, IFLA_NUM_TX_QUEUES) ?? 1,
    ),
  };
}

function master(attributes: Attributes, info: Attributes | undefined): Link['master'] {
  const ifindex = u32(attributes, IFLA_MASTER);
  if (ifindex === undefined || ifindex === 0) return undefined;
  return { ifindex, kind: info && text(info, IFLA_INFO_SLAVE_KIND) };
}

function parent(attributes: Attributes): Link['parent'] {
  const device = text(attributes, IFLA_PARENT_DEV_NAME);
  const bus = text(attributes, IFLA_PARENT_DEV_BUS_NAME);
  return device === undefined || bus === undefined ? undefined : { bus, device };
}

function program(xdp: Attributes | undefined): Link['program'] {
  if (xdp === undefined) return undefined;
  const attached = u8(xdp, IFLA_XDP_ATTACHED) ?? XDP_ATTACHED_NONE;
  if (attached === XDP_ATTACHED_NONE) return undefined;
  const driver = u32(xdp, IFLA_XDP_DRV_PROG_ID);
  const generic = u32(xdp, IFLA_XDP_SKB_PROG_ID);
  // With programs in two modes at once (`XDP_ATTACHED_MULTI`) the driver's sees a frame first.
  if (driver !== undefined) return { id: driver, mode: 'native' };
  if (generic !== undefined) return { id: generic, mode: 'generic' };
  const id = u32(xdp, IFLA_XDP_PROG_ID) ?? 0;
  return { id, mode: attached === XDP_ATTACHED_SKB ? 'generic' : 'native' };
}

/** Asks for one link, by name or by index, or (0) for all. */
export function linkRequest(which: string | number): Uint8Array[] {
  const header = new Uint8Array(HEADER);
  if (typeof which === 'string') return [header, textAttribute(IFLA_IFNAME, which)];
  new DataView(header.buffer).setInt32(4, which, LITTLE_ENDIAN);
  return [header];
}
