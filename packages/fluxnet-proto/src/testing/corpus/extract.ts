/** What the views say of a packet, in tshark's names and notation. */

import { InnerKind, type Layers } from '../../decode/layers.js';
import { IpProtocol } from '../../network/ip-protocol.js';
import { LinkType } from '../../pcap/link-type.js';
import { GeneveHeader } from '../../tunnel/geneve.js';
import { GreFlag, GreHeader } from '../../tunnel/gre.js';
import { VxlanHeader } from '../../tunnel/vxlan.js';
import { ethernetFields, linkFields } from './link-fields.js';
import { networkFields } from './network-fields.js';
import { transportFields } from './transport-fields.js';

export type Fields = Map<string, string[]>;

export function add(fields: Fields, name: string, value: string | number | boolean): void {
  const text = typeof value === 'boolean' ? String(Number(value)) : String(value);
  const values = fields.get(name);
  if (values === undefined) fields.set(name, [text]);
  else values.push(text);
}

export function hex(value: number, digits: number): string {
  return `0x${(value >>> 0).toString(16).padStart(digits, '0')}`;
}

/** Of the packet itself and of all that it carries, outermost first. */
export function extract(view: DataView, layers: Layers, linkType: number): Fields {
  const fields: Fields = new Map();
  for (let level: Layers | undefined = layers; level !== undefined; level = level.inner) {
    const isEthernet =
      level.l2Offset !== -1 && (level !== layers || linkType === LinkType.ethernet);
    if (isEthernet && level.etherType !== -1) ethernetFields(view, level.l2Offset, fields);
    linkFields(view, level, fields);
    networkFields(view, level, fields);
    transportFields(view, level, fields);
    tunnelFields(view, level, fields);
  }
  return fields;
}

function tunnelFields(view: DataView, layers: Layers, fields: Fields): void {
  if (layers.ipProtocol === IpProtocol.gre && layers.l4Length >= 4) {
    const gre = new GreHeader(view).at(layers.l4Offset);
    add(fields, 'gre.flags.checksum', (gre.flags & GreFlag.checksum) !== 0);
    add(fields, 'gre.flags.key', (gre.flags & GreFlag.key) !== 0);
    add(fields, 'gre.flags.sequence_number', (gre.flags & GreFlag.sequenceNumber) !== 0);
    add(fields, 'gre.proto', hex(gre.protocolType, 4));
    if (layers.payloadOffset !== -1 && gre.version === 0 && (gre.flags & GreFlag.key) !== 0) {
      add(fields, 'gre.key', hex(gre.key, 8));
    }
  }
  if (layers.innerKind === InnerKind.vxlan) {
    const vxlan = new VxlanHeader(view).at(layers.payloadOffset);
    add(fields, 'vxlan.flags', hex(view.getUint16(layers.payloadOffset), 4));
    add(fields, 'vxlan.vni', vxlan.vni);
  }
  if (layers.innerKind === InnerKind.geneve) {
    const geneve = new GeneveHeader(view).at(layers.payloadOffset);
    add(fields, 'geneve.vni', hex(geneve.vni, 6));
    add(fields, 'geneve.proto_type', hex(geneve.protocolType, 4));
  }
}
