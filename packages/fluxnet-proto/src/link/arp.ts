/**
 * ARP for IPv4 over Ethernet (RFC 826).
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |         Hardware Type         |         Protocol Type         |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |  HW. Length   | Prot. Length  |           Operation           |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |                          Sender MAC                           |
 *   +                               +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |                               |        Sender Address         |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |   Sender Address (continued)  |                               |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+          Target MAC           +
 *   |                                                               |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |                        Target Address                         |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */

import { loadBytes, MAC_LENGTH, storeBytes } from '../bytes.js';

export const ARP_HARDWARE_TYPE = 0;
export const ARP_PROTOCOL_TYPE = 2;
export const ARP_HARDWARE_LENGTH = 4;
export const ARP_PROTOCOL_LENGTH = 5;
export const ARP_OPERATION = 6;
export const ARP_SENDER_MAC = 8;
export const ARP_SENDER_ADDRESS = 14;
export const ARP_TARGET_MAC = 18;
export const ARP_TARGET_ADDRESS = 24;
export const ARP_HEADER_LENGTH = 28;

export const ARP_HARDWARE_ETHERNET = 1;

export const ArpOperation = {
  request: 1,
  reply: 2,
} as const;

/** A view of an ARP packet. `at` moves it; until then it is at 0. */
export class ArpHeader {
  readonly view: DataView;
  offset = 0;

  constructor(view: DataView) {
    this.view = view;
  }

  at(offset: number): this {
    this.offset = offset;
    return this;
  }

  get hardwareType(): number {
    return this.view.getUint16(this.offset + ARP_HARDWARE_TYPE);
  }

  set hardwareType(value: number) {
    this.view.setUint16(this.offset + ARP_HARDWARE_TYPE, value);
  }

  get protocolType(): number {
    return this.view.getUint16(this.offset + ARP_PROTOCOL_TYPE);
  }

  set protocolType(value: number) {
    this.view.setUint16(this.offset + ARP_PROTOCOL_TYPE, value);
  }

  get hardwareLength(): number {
    return this.view.getUint8(this.offset + ARP_HARDWARE_LENGTH);
  }

  set hardwareLength(value: number) {
    this.view.setUint8(this.offset + ARP_HARDWARE_LENGTH, value);
  }

  get protocolLength(): number {
    return this.view.getUint8(this.offset + ARP_PROTOCOL_LENGTH);
  }

  set protocolLength(value: number) {
    this.view.setUint8(this.offset + ARP_PROTOCOL_LENGTH, value);
  }

  get operation(): number {
    return this.view.getUint16(this.offset + ARP_OPERATION);
  }

  set operation(value: number) {
    this.view.setUint16(this.offset + ARP_OPERATION, value);
  }

  copySenderMac(into: Uint8Array, at = 0): void {
    loadBytes(this.view, this.offset + ARP_SENDER_MAC, MAC_LENGTH, into, at);
  }

  setSenderMac(mac: Uint8Array, at = 0): void {
    storeBytes(this.view, this.offset + ARP_SENDER_MAC, MAC_LENGTH, mac, at);
  }

  get senderAddress(): number {
    return this.view.getUint32(this.offset + ARP_SENDER_ADDRESS);
  }

  set senderAddress(value: number) {
    this.view.setUint32(this.offset + ARP_SENDER_ADDRESS, value);
  }

  copyTargetMac(into: Uint8Array, at = 0): void {
    loadBytes(this.view, this.offset + ARP_TARGET_MAC, MAC_LENGTH, into, at);
  }

  setTargetMac(mac: Uint8Array, at = 0): void {
    storeBytes(this.view, this.offset + ARP_TARGET_MAC, MAC_LENGTH, mac, at);
  }

  get targetAddress(): number {
    return this.view.getUint32(this.offset + ARP_TARGET_ADDRESS);
  }

  set targetAddress(value: number) {
    this.view.setUint32(this.offset + ARP_TARGET_ADDRESS, value);
  }
}
