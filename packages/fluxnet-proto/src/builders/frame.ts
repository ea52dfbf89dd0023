/** What the builders share: the Ethernet and IPv4 part of a frame, and the checks on options. */

import { MAC_LENGTH } from '../address/mac.js';
import { internetChecksum, pseudoHeaderSum } from '../checksum/internet-checksum.js';
import { EthernetHeader } from '../link/ethernet.js';
import { ETHERNET_HEADER_LENGTH, EtherType } from '../link/ethernet-layout.js';
import { IPV4_MIN_HEADER_LENGTH, Ipv4Header } from '../network/ipv4.js';
import { requireUint } from '../require-uint.js';

/** The arrays that options name are read while the frame is written, so they must not overlap it. */
export interface EthernetOptions {
  readonly srcMac: Uint8Array;
  readonly dstMac: Uint8Array;
}

export interface Ipv4Options extends EthernetOptions {
  readonly srcAddress: number;
  readonly dstAddress: number;
  /** Default 64. */
  readonly ttl?: number | undefined;
  /** Default 0, which is right for a datagram that is never fragmented (RFC 6864). */
  readonly identification?: number | undefined;
  /** Default true. */
  readonly dontFragment?: boolean | undefined;
}

/** Where the ICMP, UDP or TCP header is in a built frame. */
export const L4_OFFSET = ETHERNET_HEADER_LENGTH + IPV4_MIN_HEADER_LENGTH;

export const NO_PAYLOAD = new Uint8Array(0);

export function requireMac(name: string, mac: Uint8Array): void {
  if (mac.length !== MAC_LENGTH) {
    throw new RangeError(`${name} has ${mac.length} bytes; it must have ${MAC_LENGTH}`);
  }
}

/**
 * A view of the frame's bytes alone, all zero: no builder can write behind the length it returns,
 * and no bit of what the buffer held remains in a reserved field.
 */
export function openFrame(frame: Uint8Array, required: number): DataView {
  if (required > frame.length) {
    throw new RangeError(
      `the frame requires ${required} bytes and the buffer has ${frame.length} available`,
    );
  }
  frame.fill(0, 0, required);
  return new DataView(frame.buffer, frame.byteOffset, required);
}

/** Checks everything below the transport header, so that a builder that throws wrote nothing. */
export function openIpv4Frame(
  frame: Uint8Array,
  options: Ipv4Options,
  segmentLength: number,
): DataView {
  requireMac('srcMac', options.srcMac);
  requireMac('dstMac', options.dstMac);
  requireUint('srcAddress', options.srcAddress, 0xffff_ffff);
  requireUint('dstAddress', options.dstAddress, 0xffff_ffff);
  requireUint('ttl', options.ttl ?? 0, 0xff);
  requireUint('identification', options.identification ?? 0, 0xffff);
  requireUint('totalLength', IPV4_MIN_HEADER_LENGTH + segmentLength, 0xffff);
  return openFrame(frame, L4_OFFSET + segmentLength);
}

export function writeEthernet(view: DataView, options: EthernetOptions, etherType: number): void {
  const ethernet = new EthernetHeader(view);
  ethernet.setDstMac(options.dstMac);
  ethernet.setSrcMac(options.srcMac);
  ethernet.etherType = etherType;
}

/** Writes both headers in front of a segment that fills the rest of the view. */
export function writeIpv4(view: DataView, options: Ipv4Options, protocol: number): void {
  writeEthernet(view, options, EtherType.ipv4);
  const ip = new Ipv4Header(view).at(ETHERNET_HEADER_LENGTH);
  ip.version = 4;
  ip.ihl = IPV4_MIN_HEADER_LENGTH / 4;
  ip.totalLength = view.byteLength - ETHERNET_HEADER_LENGTH;
  ip.identification = options.identification ?? 0;
  ip.dontFragment = options.dontFragment ?? true;
  ip.ttl = options.ttl ?? 64;
  ip.protocol = protocol;
  ip.srcAddress = options.srcAddress;
  ip.dstAddress = options.dstAddress;
  ip.headerChecksum = internetChecksum(view, ETHERNET_HEADER_LENGTH, IPV4_MIN_HEADER_LENGTH);
}

/** The checksum of a UDP or TCP segment that fills the rest of the view. */
export function segmentChecksum(view: DataView, options: Ipv4Options, protocol: number): number {
  const length = view.byteLength - L4_OFFSET;
  const pseudoHeader = pseudoHeaderSum(options.srcAddress, options.dstAddress, protocol, length);
  return internetChecksum(view, L4_OFFSET, length, pseudoHeader);
}
