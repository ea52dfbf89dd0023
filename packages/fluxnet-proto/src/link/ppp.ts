/**
 * PPP's protocol field (RFC 1661, section 2): two bytes in front of the packet. On a serial line the
 * HDLC address 0xff and control 0x03 come first (RFC 1662, section 3.1).
 */

import { EtherType } from './ethernet-layout.js';

export const PPP_PROTOCOL_LENGTH = 2;
const HDLC_ADDRESS_CONTROL = 0xff03;

export const PppProtocol = {
  ipv4: 0x0021,
  ipv6: 0x0057,
  mpls: 0x0281,
  lcp: 0xc021,
  pap: 0xc023,
  chap: 0xc223,
  ipcp: 0x8021,
  ipv6cp: 0x8057,
} as const;

/** The EtherType of what a PPP protocol carries, or -1. */
export function pppEtherType(protocol: number): number {
  switch (protocol) {
    case PppProtocol.ipv4:
      return EtherType.ipv4;
    case PppProtocol.ipv6:
      return EtherType.ipv6;
    case PppProtocol.mpls:
      return EtherType.mpls;
    default:
      return -1;
  }
}

/** The length of the HDLC bytes in front, given the first two of the frame. */
export function pppHdlcLength(first: number): number {
  return first === HDLC_ADDRESS_CONTROL ? 2 : 0;
}
