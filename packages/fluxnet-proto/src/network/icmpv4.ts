/**
 * ICMP (RFC 792). The second word depends on the type; this is that of echo and echo reply.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |     Type      |     Code      |           Checksum            |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |          Identifier           |        Sequence Number        |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */

export const ICMPV4_TYPE = 0;
export const ICMPV4_CODE = 1;
export const ICMPV4_CHECKSUM = 2;
export const ICMPV4_IDENTIFIER = 4;
export const ICMPV4_SEQUENCE_NUMBER = 6;
export const ICMPV4_HEADER_LENGTH = 8;

export const Icmpv4Type = {
  echoReply: 0,
  destinationUnreachable: 3,
  sourceQuench: 4,
  redirect: 5,
  echo: 8,
  routerAdvertisement: 9,
  routerSolicitation: 10,
  timeExceeded: 11,
  parameterProblem: 12,
  timestamp: 13,
  timestampReply: 14,
} as const;

/** Whether a message of this type quotes the packet that it is about, behind its header. */
export function isIcmpv4Error(type: number): boolean {
  switch (type) {
    case Icmpv4Type.destinationUnreachable:
    case Icmpv4Type.sourceQuench:
    case Icmpv4Type.redirect:
    case Icmpv4Type.timeExceeded:
    case Icmpv4Type.parameterProblem:
      return true;
    default:
      return false;
  }
}

/** A view of an ICMP header. `at` moves it; until then it is at 0. */
export class Icmpv4Header {
  readonly view: DataView;
  offset = 0;

  constructor(view: DataView) {
    this.view = view;
  }

  at(offset: number): this {
    this.offset = offset;
    return this;
  }

  get type(): number {
    return this.view.getUint8(this.offset + ICMPV4_TYPE);
  }

  set type(value: number) {
    this.view.setUint8(this.offset + ICMPV4_TYPE, value);
  }

  get code(): number {
    return this.view.getUint8(this.offset + ICMPV4_CODE);
  }

  set code(value: number) {
    this.view.setUint8(this.offset + ICMPV4_CODE, value);
  }

  get checksum(): number {
    return this.view.getUint16(this.offset + ICMPV4_CHECKSUM);
  }

  set checksum(value: number) {
    this.view.setUint16(this.offset + ICMPV4_CHECKSUM, value);
  }

  /** Meaningful for echo and echo reply only. */
  get identifier(): number {
    return this.view.getUint16(this.offset + ICMPV4_IDENTIFIER);
  }

  set identifier(value: number) {
    this.view.setUint16(this.offset + ICMPV4_IDENTIFIER, value);
  }

  /** Meaningful for echo and echo reply only. */
  get sequenceNumber(): number {
    return this.view.getUint16(this.offset + ICMPV4_SEQUENCE_NUMBER);
  }

  set sequenceNumber(value: number) {
    this.view.setUint16(this.offset + ICMPV4_SEQUENCE_NUMBER, value);
  }

  /** Of destination unreachable, fragmentation needed (RFC 1191, section 4). */
  get nextHopMtu(): number {
    return this.view.getUint16(this.offset + ICMPV4_SEQUENCE_NUMBER);
  }

  /** Of a redirect. */
  get gatewayAddress(): number {
    return this.view.getUint32(this.offset + ICMPV4_IDENTIFIER);
  }

  /** Of parameter problem: the byte of the quoted packet that the problem is in. */
  get pointer(): number {
    return this.view.getUint8(this.offset + ICMPV4_IDENTIFIER);
  }
}
