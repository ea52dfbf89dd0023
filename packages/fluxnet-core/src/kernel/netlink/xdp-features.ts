import type { XdpFeatures } from '../../contract/interface.js';
import {
  type Attributes,
  lowWordOfU64,
  parseAttributes,
  rest,
  textAttribute,
  u16,
  u32,
  u32Attribute,
} from './attributes.js';

// Generic netlink (`struct genlmsghdr`: command, version, 2 bytes reserved). A family has a number
// that the kernel chose when it started; the controller knows it by name.
export const GENL_ID_CTRL = 16;
const HEADER = 4;
const CTRL_CMD_GETFAMILY = 3;
const CTRL_ATTR_FAMILY_ID = 1;
const CTRL_ATTR_FAMILY_NAME = 2;

// Family "netdev" (Documentation/netlink/specs/netdev.yaml), kernel 6.3.
export const NETDEV_FAMILY = 'netdev';
const NETDEV_CMD_DEV_GET = 1;
const NETDEV_A_DEV_IFINDEX = 1;
const NETDEV_A_DEV_XDP_FEATURES = 3;
const NETDEV_A_DEV_XDP_ZC_MAX_SEGS = 4;
const NETDEV_A_DEV_XDP_RX_METADATA_FEATURES = 5;
const NETDEV_A_DEV_XSK_FEATURES = 6;

const DRIVER = [
  'basic',
  'redirect',
  'ndo-xmit',
  'xsk-zerocopy',
  'hw-offload',
  'rx-sg',
  'ndo-xmit-sg',
] as const;
const RX_METADATA = ['timestamp', 'hash', 'vlan-tag'] as const;
const TX_METADATA = ['timestamp', 'checksum', 'launch-time'] as const;

export function familyRequest(name: string): Uint8Array[] {
  return [Uint8Array.of(CTRL_CMD_GETFAMILY, 1, 0, 0), textAttribute(CTRL_ATTR_FAMILY_NAME, name)];
}

/** The family's number. @throws {FluxError} `FLUX_NETLINK_MALFORMED` */
export function parseFamily(payload: DataView): number | undefined {
  return u16(parseAttributes(rest(payload, HEADER)), CTRL_ATTR_FAMILY_ID);
}

export function xdpFeaturesRequest(ifindex: number): Uint8Array[] {
  return [Uint8Array.of(NETDEV_CMD_DEV_GET, 1, 0, 0), u32Attribute(NETDEV_A_DEV_IFINDEX, ifindex)];
}

/** @throws {FluxError} `FLUX_NETLINK_MALFORMED` */
export function parseXdpFeatures(payload: DataView): XdpFeatures {
  const attributes = parseAttributes(rest(payload, HEADER));
  return {
    driver: flagNames(attributes, NETDEV_A_DEV_XDP_FEATURES, DRIVER),
    rxMetadata: flagNames(attributes, NETDEV_A_DEV_XDP_RX_METADATA_FEATURES, RX_METADATA),
    txMetadata: flagNames(attributes, NETDEV_A_DEV_XSK_FEATURES, TX_METADATA),
    zeroCopyMaxSegments: u32(attributes, NETDEV_A_DEV_XDP_ZC_MAX_SEGS),
  };
}

/** Bit n is the n-th name; bits without a name are newer than this file. */
function flagNames<T extends string>(
  attributes: Attributes,
  type: number,
  names: readonly T[],
): readonly T[] {
  const flags = lowWordOfU64(attributes, type) ?? 0;
  return names.filter((_, bit) => (flags & (1 << bit)) !== 0);
}
