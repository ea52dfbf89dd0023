import { StopReason } from './stop-reason.js';

export const Fragment = {
  /** The datagram is whole. */
  none: 0,
  /** The first of several: it has the transport header, and only part of the data. */
  first: 1,
  /** A later one: it has data only. */
  later: 2,
} as const;

/**
 * What `decodeLayers` found. Make one and use it for every frame.
 *
 * Offsets, numbers and ports that were not reached are -1, lengths and counts 0. Offsets are
 * relative to the view; a length counts all that its layer carries, and every extent lies within
 * the frame and within the layer below it. An extent is known before its header is checked:
 * `ipProtocol >= 0` says that the IPv4 header is sound, `payloadOffset >= 0` that every header in
 * the frame is.
 */
export class Layers {
  /** As returned by `decodeLayers`. */
  stopReason: StopReason = StopReason.none;
  vlanCount = 0;
  outerVlanId = -1;
  innerVlanId = -1;
  /** Of the payload, behind any tags. */
  etherType = -1;
  l3Offset = -1;
  l3Length = 0;
  ipProtocol = -1;
  /** One of `Fragment`. */
  fragment = 0;
  l4Offset = -1;
  l4Length = 0;
  srcPort = -1;
  dstPort = -1;
  payloadOffset = -1;
  payloadLength = 0;
}
