import { EtherType } from '../link/ethernet-layout.js';
import { LINK_TYPE_ETHERNET } from '../pcap/link-type.js';
import { decodeBare, decodeEthernet, decodeLink } from './decode-link.js';
import { decodePlain } from './decode-plain.js';
import { InnerKind, type Layers } from './layers.js';
import { stopAtLink } from './stop.js';
import { STOP_REASON_NONE, StopReason } from './stop-reason.js';

/**
 * Finds the layers of the frame of `length` bytes at `offset`, and those of the packets that it
 * carries in tunnels (`layers.inner`). Returns where it stopped in the outermost packet.
 *
 * It believes no length that it has not checked against the bytes there are, it never throws, and
 * its work is bounded: 16 tags, 16 labels, 16 extension headers, as many packets within packets as
 * the record has room for.
 *
 * It does not verify checksums: a network card does that, and one that does not leaves it to those
 * who need it.
 *
 * @param linkType one of `LinkType`, as in a pcap file; another one is `unknownLinkType`
 */
export function decodeLayers(
  view: DataView,
  offset: number,
  length: number,
  layers: Layers,
  linkType: number = LINK_TYPE_ETHERNET,
): StopReason {
  // Written so that NaN fails it too.
  if (!(offset >= 0 && length >= 0 && offset + length <= view.byteLength)) {
    return stopAtLink(layers, StopReason.truncated);
  }
  if (linkType === LINK_TYPE_ETHERNET && decodePlain(view, offset, length, layers)) {
    return STOP_REASON_NONE;
  }
  const reason = decodeLink(view, linkType, offset, length, layers);
  if (layers.innerKind === InnerKind.none) return reason;
  decodeInner(view, layers);
  return layers.stopReason;
}

function decodeInner(view: DataView, outermost: Layers): void {
  for (let layers = outermost; layers.innerKind !== InnerKind.none; ) {
    const { next, innerStart, innerEtherType } = layers;
    if (next === undefined) {
      layers.stopReason = StopReason.tooManyTunnels;
      return;
    }
    const length = layers.payloadOffset + layers.payloadLength - innerStart;
    if (innerEtherType === EtherType.ethernet) decodeEthernet(view, innerStart, length, next);
    else decodeBare(view, innerEtherType, innerStart, length, next);
    layers = next;
  }
}
