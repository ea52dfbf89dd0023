import { parseAttributes, rest, u32, u32Attribute, unsigned } from './attributes.js';

// Queues and NAPI instances, of the generic netlink family "netdev"
// (Documentation/netlink/specs/netdev.yaml), kernel 6.8.
const HEADER = 4; // `struct genlmsghdr`
const NETDEV_CMD_QUEUE_GET = 10;
const NETDEV_CMD_NAPI_GET = 11;

const NETDEV_A_QUEUE_ID = 1;
const NETDEV_A_QUEUE_IFINDEX = 2;
const NETDEV_A_QUEUE_TYPE = 3;
const NETDEV_A_QUEUE_NAPI_ID = 4;
const NETDEV_QUEUE_TYPE_RX = 0;

const NETDEV_A_NAPI_IFINDEX = 1;
const NETDEV_A_NAPI_ID = 2;
const NETDEV_A_NAPI_DEFER_HARD_IRQS = 5;
const NETDEV_A_NAPI_GRO_FLUSH_TIMEOUT = 6;
const NETDEV_A_NAPI_IRQ_SUSPEND_TIMEOUT = 7;
const NETDEV_A_NAPI_THREADED = 8;

/** A queue in use, and the NAPI instance that serves it, where the driver says so. */
export interface QueueEntry {
  readonly rx: boolean;
  readonly queueId: number;
  readonly napiId: number | undefined;
}

export interface NapiEntry {
  readonly napiId: number;
  readonly deferHardIrqs: number | undefined;
  readonly groFlushTimeoutNs: number | undefined;
  readonly irqSuspendTimeoutNs: number | undefined;
  readonly threaded: boolean | undefined;
}

/** For a dump of the interface's queues. */
export function queuesRequest(ifindex: number): Uint8Array[] {
  const header = Uint8Array.of(NETDEV_CMD_QUEUE_GET, 1, 0, 0);
  return [header, u32Attribute(NETDEV_A_QUEUE_IFINDEX, ifindex)];
}

/** @throws {FluxError} `FLUX_NETLINK_MALFORMED` */
export function parseQueue(payload: DataView): QueueEntry {
  const attributes = parseAttributes(rest(payload, HEADER));
  return {
    rx: u32(attributes, NETDEV_A_QUEUE_TYPE) === NETDEV_QUEUE_TYPE_RX,
    queueId: u32(attributes, NETDEV_A_QUEUE_ID) ?? 0,
    napiId: u32(attributes, NETDEV_A_QUEUE_NAPI_ID),
  };
}

/** For a dump of the interface's NAPI instances. */
export function napisRequest(ifindex: number): Uint8Array[] {
  const header = Uint8Array.of(NETDEV_CMD_NAPI_GET, 1, 0, 0);
  return [header, u32Attribute(NETDEV_A_NAPI_IFINDEX, ifindex)];
}

/** @throws {FluxError} `FLUX_NETLINK_MALFORMED` */
export function parseNapi(payload: DataView): NapiEntry {
  const attributes = parseAttributes(rest(payload, HEADER));
  const threaded = u32(attributes, NETDEV_A_NAPI_THREADED);
  return {
    napiId: u32(attributes, NETDEV_A_NAPI_ID) ?? 0,
    deferHardIrqs: u32(attributes, NETDEV_A_NAPI_DEFER_HARD_IRQS),
    groFlushTimeoutNs: unsigned(attributes, NETDEV_A_NAPI_GRO_FLUSH_TIMEOUT),
    irqSuspendTimeoutNs: unsigned(attributes, NETDEV_A_NAPI_IRQ_SUSPEND_TIMEOUT),
    threaded: threaded === undefined ? undefined : threaded !== 0,
  };
}
