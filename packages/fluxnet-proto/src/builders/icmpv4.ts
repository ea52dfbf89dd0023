import { internetChecksum } from '../checksum/internet-checksum.js';
import { ICMPV4_HEADER_LENGTH, Icmpv4Header, Icmpv4Type } from '../network/icmpv4.js';
import { IpProtocol } from '../network/ip-protocol.js';
import { requireUint } from '../require-uint.js';
import { type Ipv4Options, L4_OFFSET, NO_PAYLOAD, openIpv4Frame, writeIpv4 } from './frame.js';

export interface IcmpEchoOptions extends Ipv4Options {
  /** `Icmpv4Type.echo`, the default, or `Icmpv4Type.echoReply`. */
  readonly type?: number | undefined;
  readonly identifier: number;
  readonly sequenceNumber: number;
  readonly payload?: Uint8Array | undefined;
}

/** Writes an ICMP echo or echo reply over IPv4 and Ethernet and returns the frame's length. */
export function writeIcmpEcho(frame: Uint8Array, options: IcmpEchoOptions): number {
  const { type = Icmpv4Type.echo, identifier, sequenceNumber, payload = NO_PAYLOAD } = options;
  requireUint('type', type, 0xff);
  requireUint('identifier', identifier, 0xffff);
  requireUint('sequenceNumber', sequenceNumber, 0xffff);
  const segmentLength = ICMPV4_HEADER_LENGTH + payload.length;
  const view = openIpv4Frame(frame, options, segmentLength);
  writeIpv4(view, options, IpProtocol.icmp);
  frame.set(payload, L4_OFFSET + ICMPV4_HEADER_LENGTH);
  const icmp = new Icmpv4Header(view).at(L4_OFFSET);
  icmp.type = type;
  icmp.identifier = identifier;
  icmp.sequenceNumber = sequenceNumber;
  icmp.checksum = internetChecksum(view, L4_OFFSET, segmentLength);
  return view.byteLength;
}
