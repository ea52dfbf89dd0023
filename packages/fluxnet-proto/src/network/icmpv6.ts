/**
 * ICMPv6 (RFC 4443, section 2.1). What is in the body depends on the type.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |      Type     |      Code     |            Checksum           |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |            Identifier, MTU, pointer, flags: by type           |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */

export const ICMPV6_TYPE = 0;
export const ICMPV6_CODE = 1;
export const ICMPV6_CHECKSUM = 2;
export const ICMPV6_IDENTIFIER = 4;
export const ICMPV6_SEQUENCE_NUMBER = 6;
export const ICMPV6_HEADER_LENGTH = 8;

export const Icmpv6Type = {
  destinationUnreachable: 1,
  packetTooBig: 2,
  timeExceeded: 3,
  parameterProblem: 4,
  echoRequest: 128,
  echoReply: 129,
  multicastListenerQuery: 130,
  multicastListenerReport: 131,
  multicastListenerDone: 132,
  routerSolicitation: 133,
  routerAdvertisement: 134,
  neighborSolicitation: 135,
  neighborAdvertisement: 136,
  redirect: 137,
  multicastListenerReportV2: 143,
} as const;

/** Whether a message of this type quotes the packet that it is about, behind its header. */
export function isIcmpv6Error(type: number): boolean {
  return type >= Icmpv6Type.destinationUnreachable && type <= Icmpv6Type.parameterProblem;
}

/** A view of an ICMPv6 header. `at` moves it; until then it is at 0. */
export class Icmpv6Header {
  readonly view: DataView;
  offset = 0;

  constructor(view: DataView) {
    this.view = view;
  }

  at(offset: number): this {
    this.offset = offset;
    return this;
  }

  /** `Icmpv6Type`. */
  get type(): number {
    return this.view.getUint8(this.offset + ICMPV6_TYPE);
  }

  set type(value: number) {
    this.view.setUint8(this.offset + ICMPV6_TYPE, value);
  }

  get code(): number {
    return this.view.getUint8(this.offset + ICMPV6_CODE);
  }

  set code(value: number) {
    this.view.setUint8(this.offset + ICMPV6_CODE, value);
  }

  /** Over a pseudo-header too. */
  get checksum(): number {
    return this.view.getUint16(this.offset + ICMPV6_CHECKSUM);
  }

  set checksum(value: number) {
    this.view.setUint16(this.offset + ICMPV6_CHECKSUM, value);
  }

  /** Of echo and echo reply. */
  get identifier(): number {
    return this.view.getUint16(this.offset + ICMPV6_IDENTIFIER);
  }

  set identifier(value: number) {
    this.view.setUint16(this.offset + ICMPV6_IDENTIFIER, value);
  }

  /** Of echo and echo reply. */
  get sequenceNumber(): number {
    return this.view.getUint16(this.offset + ICMPV6_SEQUENCE_NUMBER);
  }

  set sequenceNumber(value: number) {
    this.view.setUint16(this.offset + ICMPV6_SEQUENCE_NUMBER, value);
  }

  /** Of packet too big. */
  get mtu(): number {
    return this.view.getUint32(this.offset + ICMPV6_IDENTIFIER);
  }

  /** Of parameter problem: where in the quoted packet the problem is. */
  get pointer(): number {
    return this.view.getUint32(this.offset + ICMPV6_IDENTIFIER);
  }
}
