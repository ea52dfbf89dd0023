/**
 * Ends of decoding. Every field of a record is written once per packet: on the way by those who
 * know it, and here for all that was not reached. So a packet that is decoded whole pays for no
 * clearing.
 */

import type { Layers } from './layers.js';
import { StopReason } from './stop-reason.js';

/** Not even the link header is there. */
export function stopAtLink(layers: Layers, reason: StopReason): StopReason {
  layers.bits = 0;
  layers.l2Offset = -1;
  return stopBehindLink(layers, reason);
}

/** The bits and the link offset are written. */
export function stopBehindLink(layers: Layers, reason: StopReason): StopReason {
  layers.etherType = -1;
  return stopAtNetwork(layers, -1, 0, reason);
}

/** The EtherType is written too; the extent of what it names is known, its header is not sound. */
export function stopAtNetwork(
  layers: Layers,
  offset: number,
  length: number,
  reason: StopReason,
): StopReason {
  layers.l3Offset = offset;
  layers.l3Length = length;
  layers.ipProtocol = -1;
  return stopAtTransport(layers, -1, 0, reason);
}

/** Network layer and protocol are written. */
export function stopAtTransport(
  layers: Layers,
  offset: number,
  length: number,
  reason: StopReason,
): StopReason {
  layers.l4Offset = offset;
  layers.l4Length = length;
  layers.srcPort = -1;
  layers.dstPort = -1;
  return stopAtPayload(layers, reason);
}

/** The ports are written too. */
export function stopAtPayload(layers: Layers, reason: StopReason): StopReason {
  layers.payloadOffset = -1;
  layers.payloadLength = 0;
  layers.stopReason = reason;
  return reason;
}

/** A network layer without ports and protocols above it, such as ARP. */
export function endAtNetwork(
  layers: Layers,
  offset: number,
  length: number,
  headerLength: number,
): StopReason {
  stopAtNetwork(layers, offset, length, StopReason.none);
  return end(layers, offset + headerLength, length - headerLength);
}

/** A transport layer without ports. */
export function endAtTransport(
  layers: Layers,
  offset: number,
  length: number,
  headerLength: number,
): StopReason {
  stopAtTransport(layers, offset, length, StopReason.none);
  return end(layers, offset + headerLength, length - headerLength);
}

function end(layers: Layers, payloadOffset: number, payloadLength: number): StopReason {
  layers.payloadOffset = payloadOffset;
  layers.payloadLength = payloadLength;
  return StopReason.none;
}
