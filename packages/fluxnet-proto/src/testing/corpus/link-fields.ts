import { formatIpv4 } from '../../address/ipv4-address.js';
import { formatMac } from '../../address/mac.js';
import type { Layers } from '../../decode/layers.js';
import { ArpHeader } from '../../link/arp.js';
import { EthernetHeader } from '../../link/ethernet.js';
import { EtherType, MIN_ETHER_TYPE } from '../../link/ethernet-layout.js';
import { LldpChassisIdSubtype, LldpTlvs, LldpTlvType } from '../../link/lldp.js';
import { MplsEntry } from '../../link/mpls.js';
import { PppoeHeader } from '../../link/pppoe.js';
import { VlanTag } from '../../link/vlan.js';
import { add, type Fields, hex } from './extract.js';

const mac = new Uint8Array(6);

export function linkFields(view: DataView, layers: Layers, fields: Fields): void {
  const tag = new VlanTag(view);
  for (let i = 0; i < layers.vlanCount; i++) {
    tag.at(layers.vlanOffset + 4 * i);
    // tshark calls the fields of an 802.1ad tag ieee8021ad.*, and the corpus has none of those.
    if (view.getUint16(layers.vlanOffset + 4 * i - 2) === EtherType.serviceVlan) continue;
    add(fields, 'vlan.priority', tag.pcp);
    add(fields, 'vlan.dei', tag.dei);
    add(fields, 'vlan.id', tag.vlanId);
    if (tag.etherType >= MIN_ETHER_TYPE) add(fields, 'vlan.etype', hex(tag.etherType, 4));
  }
  if (layers.pppoeOffset !== -1) pppoeFields(view, layers.pppoeOffset, fields);
  const entry = new MplsEntry(view);
  for (let i = 0; i < layers.mplsCount; i++) {
    entry.at(layers.mplsOffset + 4 * i);
    add(fields, 'mpls.label', entry.label);
    add(fields, 'mpls.bottom', entry.bottomOfStack);
  }
  if (layers.etherType === EtherType.pppoeDiscovery && layers.l3Length >= 6) {
    pppoeFields(view, layers.l3Offset, fields);
  }
  if (
    (layers.etherType === EtherType.arp || layers.etherType === EtherType.rarp) &&
    layers.payloadOffset !== -1
  ) {
    arpFields(view, layers.l3Offset, fields);
  }
  if (layers.etherType === EtherType.lldp) lldpFields(view, layers, fields);
}

export function ethernetFields(view: DataView, offset: number, fields: Fields): void {
  const ethernet = new EthernetHeader(view).at(offset);
  ethernet.copyDstMac(mac);
  add(fields, 'eth.dst', formatMac(mac));
  ethernet.copySrcMac(mac);
  add(fields, 'eth.src', formatMac(mac));
  if (ethernet.etherType >= MIN_ETHER_TYPE) add(fields, 'eth.type', hex(ethernet.etherType, 4));
  else add(fields, 'eth.len', ethernet.etherType);
}

function pppoeFields(view: DataView, offset: number, fields: Fields): void {
  const pppoe = new PppoeHeader(view).at(offset);
  add(fields, 'pppoe.code', hex(pppoe.code, 2));
  add(fields, 'pppoe.session_id', hex(pppoe.sessionId, 4));
}

function arpFields(view: DataView, offset: number, fields: Fields): void {
  const arp = new ArpHeader(view).at(offset);
  add(fields, 'arp.opcode', arp.operation);
  arp.copySenderMac(mac);
  add(fields, 'arp.src.hw_mac', formatMac(mac));
  add(fields, 'arp.src.proto_ipv4', formatIpv4(arp.senderAddress));
  arp.copyTargetMac(mac);
  add(fields, 'arp.dst.hw_mac', formatMac(mac));
  add(fields, 'arp.dst.proto_ipv4', formatIpv4(arp.targetAddress));
}

function lldpFields(view: DataView, layers: Layers, fields: Fields): void {
  const tlvs = new LldpTlvs(view).over(layers.l3Offset, layers.l3Offset + layers.l3Length);
  while (tlvs.next()) {
    const value = new Uint8Array(view.buffer, view.byteOffset + tlvs.valueOffset, tlvs.length);
    const isMac = tlvs.subtype === LldpChassisIdSubtype.macAddress;
    if (tlvs.type === LldpTlvType.chassisId && isMac && tlvs.length === 7) {
      add(fields, 'lldp.chassis.id.mac', formatMac(value, 1));
    }
    // tshark has the field for names only: subtypes 1, 2, 5, 6 and 7.
    if (tlvs.type === LldpTlvType.portId && [1, 2, 5, 6, 7].includes(tlvs.subtype)) {
      add(fields, 'lldp.port.id', String.fromCharCode(...value.subarray(1)));
    }
  }
}
