/** Tunnels over IP: what their headers say about the packet behind them. */

import { EtherType } from '../link/ethernet-layout.js';
import {
  GENEVE_HEADER_LENGTH,
  GENEVE_PORT,
  GENEVE_PROTOCOL_TYPE,
  GENEVE_VERSION_OPT_LEN,
} from '../tunnel/geneve.js';
import {
  GRE_FLAGS_VERSION,
  GRE_MIN_HEADER_LENGTH,
  GRE_PROTOCOL_TYPE,
  greHeaderLength,
} from '../tunnel/gre.js';
import {
  VXLAN_FLAG_VNI,
  VXLAN_FLAGS,
  VXLAN_HEADER_LENGTH,
  VXLAN_PORT,
  VXLAN_PORT_LINUX,
} from '../tunnel/vxlan.js';
import { beginInner } from './inner.js';
import { InnerKind, type Layers } from './layers.js';
import { endAtTransport, stopAtTransport } from './stop.js';
import { StopReason } from './stop-reason.js';

export function isTunnelPort(dstPort: number): boolean {
  return dstPort === VXLAN_PORT || dstPort === GENEVE_PORT || dstPort === VXLAN_PORT_LINUX;
}

/**
 * Looks at the payload of a UDP datagram to a port of a tunnel. Nothing but the port says that it is
 * one, so what does not look like a tunnel header is taken for data.
 */
export function decodeUdpTunnel(view: DataView, dstPort: number, layers: Layers): void {
  const { payloadOffset, payloadLength } = layers;
  // Both headers have eight bytes at least.
  if (payloadLength < VXLAN_HEADER_LENGTH) return;
  if (dstPort !== GENEVE_PORT) {
    if ((view.getUint8(payloadOffset + VXLAN_FLAGS) & VXLAN_FLAG_VNI) === 0) return;
    const { vxlan } = InnerKind;
    beginInner(layers, vxlan, EtherType.ethernet, payloadOffset + VXLAN_HEADER_LENGTH);
    return;
  }
  const versionOptLen = view.getUint8(payloadOffset + GENEVE_VERSION_OPT_LEN);
  const headerLength = GENEVE_HEADER_LENGTH + ((versionOptLen & 0x3f) << 2);
  if (versionOptLen >>> 6 !== 0 || headerLength > payloadLength) return;
  const etherType = view.getUint16(payloadOffset + GENEVE_PROTOCOL_TYPE);
  beginInner(layers, InnerKind.geneve, etherType, payloadOffset + headerLength);
}

export function decodeGre(
  view: DataView,
  offset: number,
  length: number,
  layers: Layers,
): StopReason {
  if (length < GRE_MIN_HEADER_LENGTH) {
    return stopAtTransport(layers, offset, length, StopReason.truncated);
  }
  const headerLength = greHeaderLength(view.getUint16(offset + GRE_FLAGS_VERSION));
  if (headerLength === 0) {
    return stopAtTransport(layers, offset, length, StopReason.unknownProtocol);
  }
  if (headerLength > length) {
    return stopAtTransport(layers, offset, length, StopReason.truncated);
  }
  const etherType = view.getUint16(offset + GRE_PROTOCOL_TYPE);
  beginInner(layers, InnerKind.gre, etherType, offset + headerLength);
  return endAtTransport(layers, offset, length, headerLength);
}
