import { IpProtocol } from '../network/ip-protocol.js';
import { requireUint } from '../require-uint.js';
import { UDP_HEADER_LENGTH, UdpHeader } from '../transport/udp.js';
import {
  type Ipv4Options,
  L4_OFFSET,
  NO_PAYLOAD,
  openIpv4Frame,
  segmentChecksum,
  writeIpv4,
} from './frame.js';

export interface UdpOptions extends Ipv4Options {
  readonly srcPort: number;
  readonly dstPort: number;
  readonly payload?: Uint8Array | undefined;
}

/** Writes a UDP datagram over IPv4 and Ethernet and returns the frame's length. */
export function writeUdp(frame: Uint8Array, options: UdpOptions): number {
  const { srcPort, dstPort, payload = NO_PAYLOAD } = options;
  requireUint('srcPort', srcPort, 0xffff);
  requireUint('dstPort', dstPort, 0xffff);
  const segmentLength = UDP_HEADER_LENGTH + payload.length;
  const view = openIpv4Frame(frame, options, segmentLength);
  writeIpv4(view, options, IpProtocol.udp);
  frame.set(payload, L4_OFFSET + UDP_HEADER_LENGTH);
  const udp = new UdpHeader(view).at(L4_OFFSET);
  udp.srcPort = srcPort;
  udp.dstPort = dstPort;
  udp.length = segmentLength;
  // A checksum of 0 would say that there is none; its other form means the same (RFC 768).
  udp.checksum = segmentChecksum(view, options, IpProtocol.udp) || 0xffff;
  return view.byteLength;
}
