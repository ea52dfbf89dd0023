import { formatIpv4 } from '../../address/ipv4-address.js';
import type { Layers } from '../../decode/layers.js';
import { EtherType } from '../../link/ethernet-layout.js';
import { IpProtocol } from '../../network/ip-protocol.js';
import { Ipv4Header } from '../../network/ipv4.js';
import { Ipv6Header } from '../../network/ipv6.js';
import { Ipv6Extensions } from '../../network/ipv6-extensions.js';
import { add, type Fields, hex } from './extract.js';

const address = new Uint8Array(16);

export function networkFields(view: DataView, layers: Layers, fields: Fields): void {
  if (layers.ipProtocol === -1) return;
  if (layers.etherType === EtherType.ipv4) ipv4Fields(view, layers, fields);
  else ipv6Fields(view, layers, fields);
}

function ipv4Fields(view: DataView, layers: Layers, fields: Fields): void {
  const ip = new Ipv4Header(view).at(layers.l3Offset);
  add(fields, 'ip.hdr_len', ip.headerLength);
  add(fields, 'ip.dsfield.dscp', ip.dscp);
  add(fields, 'ip.dsfield.ecn', ip.ecn);
  add(fields, 'ip.len', ip.totalLength);
  add(fields, 'ip.id', hex(ip.identification, 4));
  add(fields, 'ip.flags.df', ip.dontFragment);
  add(fields, 'ip.flags.mf', ip.moreFragments);
  add(fields, 'ip.frag_offset', ip.fragmentOffset);
  add(fields, 'ip.ttl', ip.ttl);
  add(fields, 'ip.proto', ip.protocol);
  add(fields, 'ip.checksum', hex(ip.headerChecksum, 4));
  add(fields, 'ip.src', formatIpv4(ip.srcAddress));
  add(fields, 'ip.dst', formatIpv4(ip.dstAddress));
  extensionFields(view, ip.protocol, layers, layers.l3Offset + ip.headerLength, fields);
}

function ipv6Fields(view: DataView, layers: Layers, fields: Fields): void {
  const ip = new Ipv6Header(view).at(layers.l3Offset);
  add(fields, 'ipv6.version', ip.version);
  add(fields, 'ipv6.tclass', hex(ip.trafficClass, 8));
  add(fields, 'ipv6.flow', hex(ip.flowLabel, 6));
  add(fields, 'ipv6.plen', ip.payloadLength);
  add(fields, 'ipv6.nxt', ip.nextHeader);
  add(fields, 'ipv6.hlim', ip.hopLimit);
  ip.copySrcAddress(address);
  add(fields, 'ipv6.src', formatAddress(address));
  ip.copyDstAddress(address);
  add(fields, 'ipv6.dst', formatAddress(address));
  extensionFields(view, ip.nextHeader, layers, layers.l3Offset + 40, fields);
}

function extensionFields(
  view: DataView,
  protocol: number,
  layers: Layers,
  offset: number,
  fields: Fields,
): void {
  const end = layers.l3Offset + layers.l3Length;
  const extensions = new Ipv6Extensions(view).over(protocol, offset, end);
  while (extensions.next()) {
    const next = extensions.nextHeader;
    switch (extensions.protocol) {
      case IpProtocol.hopByHop:
        add(fields, 'ipv6.hopopts.nxt', next);
        break;
      case IpProtocol.destinationOptions:
        add(fields, 'ipv6.dstopts.nxt', next);
        break;
      case IpProtocol.routing:
        add(fields, 'ipv6.routing.nxt', next);
        add(fields, 'ipv6.routing.type', extensions.routingType);
        break;
      case IpProtocol.ah:
        add(fields, 'ah.spi', hex(extensions.spi, 8));
        break;
      default:
        add(fields, 'ipv6.fraghdr.offset', extensions.fragmentOffset);
        add(fields, 'ipv6.fraghdr.more', extensions.moreFragments);
        add(fields, 'ipv6.fraghdr.ident', hex(extensions.identification, 8));
        if (extensions.fragmentOffset !== 0) return;
    }
  }
}

/** As inet_ntop(3). */
export function formatAddress(bytes: Uint8Array): string {
  const words = Array.from({ length: 8 }, (_, i) => (bytes[2 * i]! << 8) | bytes[2 * i + 1]!);
  const runs = words.map((_, i) => {
    let length = 0;
    while (i + length < 8 && words[i + length] === 0) length++;
    return length;
  });
  const longest = Math.max(...runs);
  const text = words.map((word) => word.toString(16));
  const at = longest < 2 ? -1 : runs.indexOf(longest);
  const isMapped = at === 0 && (longest === 6 || (longest === 5 && words[5] === 0xffff));
  if (isMapped && words[6] !== 0) {
    const head = longest === 6 ? '::' : '::ffff:';
    return `${head}${bytes.subarray(12).join('.')}`;
  }
  if (at === -1) return text.join(':');
  return `${text.slice(0, at).join(':')}::${text.slice(at + longest).join(':')}`;
}
