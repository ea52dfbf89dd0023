import { MAC_LENGTH } from '../address/mac.js';
import { ARP_HARDWARE_ETHERNET, ARP_HEADER_LENGTH, ArpHeader, ArpOperation } from '../link/arp.js';
import { ETHERNET_HEADER_LENGTH, EtherType } from '../link/ethernet-layout.js';
import { requireUint } from '../require-uint.js';
import { type EthernetOptions, openFrame, requireMac, writeEthernet } from './frame.js';

const UNKNOWN_MAC = new Uint8Array(MAC_LENGTH);

/** The sender is `srcMac`; the target is `dstMac` in a reply and not yet known in a request. */
export interface ArpOptions extends EthernetOptions {
  /** One of `ArpOperation`. */
  readonly operation: number;
  readonly senderAddress: number;
  readonly targetAddress: number;
}

/** Writes an ARP request or reply and returns its length. */
export function writeArp(frame: Uint8Array, options: ArpOptions): number {
  const { operation, senderAddress, targetAddress, srcMac, dstMac } = options;
  requireMac('srcMac', srcMac);
  requireMac('dstMac', dstMac);
  requireUint('operation', operation, 0xffff);
  requireUint('senderAddress', senderAddress, 0xffff_ffff);
  requireUint('targetAddress', targetAddress, 0xffff_ffff);
  const view = openFrame(frame, ETHERNET_HEADER_LENGTH + ARP_HEADER_LENGTH);
  writeEthernet(view, options, EtherType.arp);
  const arp = new ArpHeader(view).at(ETHERNET_HEADER_LENGTH);
  arp.hardwareType = ARP_HARDWARE_ETHERNET;
  arp.protocolType = EtherType.ipv4;
  arp.hardwareLength = MAC_LENGTH;
  arp.protocolLength = 4;
  arp.operation = operation;
  arp.setSenderMac(srcMac);
  arp.senderAddress = senderAddress;
  arp.setTargetMac(operation === ArpOperation.request ? UNKNOWN_MAC : dstMac);
  arp.targetAddress = targetAddress;
  return view.byteLength;
}
