import { IpProtocol } from '../network/ip-protocol.js';
import { requireUint } from '../require-uint.js';
import { TCP_MIN_HEADER_LENGTH, TcpHeader } from '../transport/tcp.js';
import {
  type Ipv4Options,
  L4_OFFSET,
  NO_PAYLOAD,
  openIpv4Frame,
  segmentChecksum,
  writeIpv4,
} from './frame.js';

export interface TcpOptions extends Ipv4Options {
  readonly srcPort: number;
  readonly dstPort: number;
  /** Default 0. */
  readonly sequenceNumber?: number | undefined;
  /** Default 0. */
  readonly acknowledgmentNumber?: number | undefined;
  /** Bits of `TcpFlag`. */
  readonly flags: number;
  /** Default 65535. */
  readonly window?: number | undefined;
  readonly payload?: Uint8Array | undefined;
}

/** Writes a TCP segment without TCP options over IPv4 and Ethernet and returns the frame's length. */
export function writeTcp(frame: Uint8Array, options: TcpOptions): number {
  const { srcPort, dstPort, flags, payload = NO_PAYLOAD } = options;
  const { sequenceNumber = 0, acknowledgmentNumber = 0, window = 0xffff } = options;
  requireUint('srcPort', srcPort, 0xffff);
  requireUint('dstPort', dstPort, 0xffff);
  requireUint('sequenceNumber', sequenceNumber, 0xffff_ffff);
  requireUint('acknowledgmentNumber', acknowledgmentNumber, 0xffff_ffff);
  requireUint('flags', flags, 0xff);
  requireUint('window', window, 0xffff);
  const view = openIpv4Frame(frame, options, TCP_MIN_HEADER_LENGTH + payload.length);
  writeIpv4(view, options, IpProtocol.tcp);
  frame.set(payload, L4_OFFSET + TCP_MIN_HEADER_LENGTH);
  const tcp = new TcpHeader(view).at(L4_OFFSET);
  tcp.srcPort = srcPort;
  tcp.dstPort = dstPort;
  tcp.sequenceNumber = sequenceNumber;
  tcp.acknowledgmentNumber = acknowledgmentNumber;
  tcp.dataOffset = TCP_MIN_HEADER_LENGTH / 4;
  tcp.flags = flags;
  tcp.window = window;
  tcp.checksum = segmentChecksum(view, options, IpProtocol.tcp);
  return view.byteLength;
}
