/**
 * IPv6 extension headers (RFC 8200, section 4), and AH (RFC 4302, section 2), which IPv4 has too.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |  Next Header  |  Hdr Ext Len  |  options, or a routing header |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+                               +
 *   |                                                               |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |  Next Header  |   Reserved    |   Fragment Offset       |Res|M|
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |                        Identification                         |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |  Next Header  |  Payload Len  |           Reserved            |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |               Security Parameters Index (SPI)                 |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |   Sequence Number, then the Integrity Check Value             |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 */

import { IpProtocol } from './ip-protocol.js';

export const EXTENSION_MIN_LENGTH = 8;
export const EXTENSION_NEXT_HEADER = 0;
export const EXTENSION_LENGTH = 1;
export const FRAGMENT_HEADER_OFFSET_FLAGS = 2;
/** In the 16 bits at `FRAGMENT_HEADER_OFFSET_FLAGS`. */
export const FRAGMENT_HEADER_OFFSET_MASK = 0xfff8;
export const FRAGMENT_HEADER_MORE = 1;
const FRAGMENT_HEADER_IDENTIFICATION = 4;
const ROUTING_TYPE = 2;
const SEGMENTS_LEFT = 3;
const AH_SPI = 4;
const AH_SEQUENCE_NUMBER = 8;

/** Whether a header of this kind can stand between an IP header and the transport header. */
export function isExtension(protocol: number): boolean {
  switch (protocol) {
    case IpProtocol.hopByHop:
    case IpProtocol.routing:
    case IpProtocol.fragment:
    case IpProtocol.destinationOptions:
    case IpProtocol.ah:
      return true;
    default:
      return false;
  }
}

/** The length in bytes of an extension header, of its kind and of its second byte. */
export function extensionLength(protocol: number, lengthByte: number): number {
  if (protocol === IpProtocol.fragment) return EXTENSION_MIN_LENGTH;
  if (protocol === IpProtocol.ah) return Math.max((lengthByte + 2) << 2, EXTENSION_MIN_LENGTH);
  return (lengthByte + 1) << 3;
}

/**
 * The extension headers of a packet, one after the other: `over` where they begin, then `next`
 * until it is false. It ends at `l4Offset` of a packet that is decoded so far.
 */
export class Ipv6Extensions {
  readonly view: DataView;
  offset = 0;
  /** What is at `offset`: its `IpProtocol`. */
  protocol = -1;
  /** In bytes. */
  length = 0;
  #nextOffset = 0;
  #nextProtocol = -1;
  #end = 0;

  constructor(view: DataView) {
    this.view = view;
  }

  /** Begins at `offset`, with a header of the kind `protocol`; all ends at `end`. */
  over(protocol: number, offset: number, end: number): this {
    this.#nextProtocol = protocol;
    this.#nextOffset = offset;
    this.#end = end;
    return this;
  }

  /** Moves to the next one; false where there is none, or none that is whole. */
  next(): boolean {
    const at = this.#nextOffset;
    if (!isExtension(this.#nextProtocol) || at + EXTENSION_MIN_LENGTH > this.#end) return false;
    const length = extensionLength(this.#nextProtocol, this.view.getUint8(at + EXTENSION_LENGTH));
    if (at + length > this.#end) return false;
    this.offset = at;
    this.protocol = this.#nextProtocol;
    this.length = length;
    this.#nextProtocol = this.view.getUint8(at + EXTENSION_NEXT_HEADER);
    this.#nextOffset = at + length;
    return true;
  }

  get nextHeader(): number {
    return this.view.getUint8(this.offset + EXTENSION_NEXT_HEADER);
  }

  /** Of a fragment header, in units of eight bytes. */
  get fragmentOffset(): number {
    return this.view.getUint16(this.offset + FRAGMENT_HEADER_OFFSET_FLAGS) >>> 3;
  }

  /** Of a fragment header. */
  get moreFragments(): boolean {
    const flags = this.view.getUint16(this.offset + FRAGMENT_HEADER_OFFSET_FLAGS);
    return (flags & FRAGMENT_HEADER_MORE) !== 0;
  }

  /** Of a fragment header. */
  get identification(): number {
    return this.view.getUint32(this.offset + FRAGMENT_HEADER_IDENTIFICATION);
  }

  /** Of a routing header. */
  get routingType(): number {
    return this.view.getUint8(this.offset + ROUTING_TYPE);
  }

  /** Of a routing header. */
  get segmentsLeft(): number {
    return this.view.getUint8(this.offset + SEGMENTS_LEFT);
  }

  /** Of an authentication header. */
  get spi(): number {
    return this.view.getUint32(this.offset + AH_SPI);
  }

  /** Of an authentication header, which has it if it is 12 bytes long. */
  get sequenceNumber(): number {
    return this.view.getUint32(this.offset + AH_SEQUENCE_NUMBER);
  }
}
