import type { Layers } from '../decode/layers.js';

/** All that a record shows, as values: for comparing. */
export interface Plain {
  stopReason: number;
  fragment: number;
  truncated: boolean;
  l2Offset: number;
  vlanCount: number;
  outerVlanId: number;
  innerVlanId: number;
  vlanOffset: number;
  mplsCount: number;
  mplsOffset: number;
  pppoeOffset: number;
  snapOffset: number;
  etherType: number;
  l3Offset: number;
  l3Length: number;
  ipProtocol: number;
  l4Offset: number;
  l4Length: number;
  srcPort: number;
  dstPort: number;
  payloadOffset: number;
  payloadLength: number;
  innerKind: number;
  innerOffset: number;
  inner: Plain | undefined;
}

/** With offsets relative to `base`. */
export function plain(layers: Layers, base = 0): Plain {
  const relative = (offset: number) => (offset === -1 ? -1 : offset - base);
  return {
    stopReason: layers.stopReason,
    fragment: layers.fragment,
    truncated: layers.truncated,
    l2Offset: relative(layers.l2Offset),
    vlanCount: layers.vlanCount,
    outerVlanId: layers.outerVlanId,
    innerVlanId: layers.innerVlanId,
    vlanOffset: relative(layers.vlanOffset),
    mplsCount: layers.mplsCount,
    mplsOffset: relative(layers.mplsOffset),
    pppoeOffset: relative(layers.pppoeOffset),
    snapOffset: relative(layers.snapOffset),
    etherType: layers.etherType,
    l3Offset: relative(layers.l3Offset),
    l3Length: layers.l3Length,
    ipProtocol: layers.ipProtocol,
    l4Offset: relative(layers.l4Offset),
    l4Length: layers.l4Length,
    srcPort: layers.srcPort,
    dstPort: layers.dstPort,
    payloadOffset: relative(layers.payloadOffset),
    payloadLength: layers.payloadLength,
    innerKind: layers.innerKind,
    innerOffset: relative(layers.innerOffset),
    inner: layers.inner && plain(layers.inner, base),
  };
}
