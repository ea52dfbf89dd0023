/**
 * Classic pcap files (draft-ietf-opsawg-pcap): a header of 24 bytes, then packets, each behind a
 * header of 16. The magic number tells the byte order and the unit of the times.
 */

import type { ByteQueue } from './byte-queue.js';
import type { CaptureEvent, CaptureInterface, CapturePacket } from './capture.js';
import { damaged } from './damage.js';
import { RESOLUTION_MICROSECONDS, RESOLUTION_NANOSECONDS } from './timestamp.js';

/** Read in big-endian order. */
export const PCAP_MAGIC = {
  microsecondsBig: 0xa1b2c3d4,
  nanosecondsBig: 0xa1b23c4d,
  microsecondsLittle: 0xd4c3b2a1,
  nanosecondsLittle: 0x4d3cb2a1,
} as const;

export const PCAP_MAJOR_VERSION = 2;
export const PCAP_MINOR_VERSION = 4;
/** Up to 2.2 the two lengths of a packet came in the other order; in 2.3, in either. */
const ORDERED_MINOR_VERSION = 4;
export const PCAP_HEADER_LENGTH = 24;
export const PCAP_PACKET_HEADER_LENGTH = 16;

/**
 * The last word of the header.
 *
 * ```
 *  0             4 5 6                   16                               32
 * +-------------+-+-+-------------------+---------------------------------+
 * | FCS length  |R|P|     reserved      |            link type            |
 * +-------------+-+-+-------------------+---------------------------------+
 * ```
 * The FCS length is in units of 16 bits and means something only where P is set.
 */
export const PCAP_HAS_FCS_LENGTH = 0x0400_0000;
const RESERVED = 0x03ff_0000;
const LINK_TYPE = 0xffff;

const NOTHING = Object.freeze([]);

export function isPcapMagic(magic: number): boolean {
  return (Object.values(PCAP_MAGIC) as number[]).includes(magic);
}

export class PcapReader {
  readonly #queue: ByteQueue;
  readonly #maxBlockLength: number;
  readonly #littleEndian: boolean;
  readonly #nanosecondsPerUnit: number;
  #sectionSent = false;
  #minorVersion = PCAP_MINOR_VERSION;
  #interface: CaptureInterface | undefined;

  constructor(queue: ByteQueue, magic: number, maxBlockLength: number) {
    this.#queue = queue;
    this.#maxBlockLength = maxBlockLength;
    this.#littleEndian =
      magic === PCAP_MAGIC.microsecondsLittle || magic === PCAP_MAGIC.nanosecondsLittle;
    this.#nanosecondsPerUnit =
      magic === PCAP_MAGIC.nanosecondsBig || magic === PCAP_MAGIC.nanosecondsLittle ? 1 : 1000;
  }

  next(): CaptureEvent | undefined {
    if (this.#interface !== undefined) return this.#packet(this.#interface);
    const queue = this.#queue;
    if (!queue.require(PCAP_HEADER_LENGTH)) return undefined;
    if (!this.#sectionSent) {
      this.#sectionSent = true;
      return {
        type: 'section',
        format: 'pcap',
        littleEndian: this.#littleEndian,
        hardware: undefined,
        os: undefined,
        application: undefined,
        comments: NOTHING,
        options: NOTHING,
      };
    }
    this.#interface = this.#header();
    queue.skip(PCAP_HEADER_LENGTH);
    return this.#interface;
  }

  #header(): CaptureInterface {
    const { view, at, position } = this.#queue;
    const major = view.getUint16(at + 4, this.#littleEndian);
    const minor = view.getUint16(at + 6, this.#littleEndian);
    if (major !== PCAP_MAJOR_VERSION) {
      throw damaged(
        position + 4,
        `pcap version ${major}.${minor}; ${PCAP_MAJOR_VERSION}.${PCAP_MINOR_VERSION} is known`,
      );
    }
    this.#minorVersion = minor;
    const link = view.getUint32(at + 20, this.#littleEndian);
    if ((link & RESERVED) !== 0) {
      throw damaged(position + 20, 'reserved bits of the link type are set');
    }
    return {
      type: 'interface',
      interfaceId: 0,
      linkType: link & LINK_TYPE,
      snapLength: view.getUint32(at + 16, this.#littleEndian),
      timestampResolution:
        this.#nanosecondsPerUnit === 1 ? RESOLUTION_NANOSECONDS : RESOLUTION_MICROSECONDS,
      timestampOffset: 0,
      name: undefined,
      description: undefined,
      os: undefined,
      fcsLength: (link & PCAP_HAS_FCS_LENGTH) === 0 ? undefined : (link >>> 28) * 2,
      comments: NOTHING,
      options: NOTHING,
    };
  }

  #packet({ linkType }: CaptureInterface): CapturePacket | undefined {
    const queue = this.#queue;
    if (!queue.require(PCAP_PACKET_HEADER_LENGTH)) return undefined;
    let length = queue.view.getUint32(queue.at + 8, this.#littleEndian);
    let originalLength = queue.view.getUint32(queue.at + 12, this.#littleEndian);
    if (this.#minorVersion < ORDERED_MINOR_VERSION && length > originalLength) {
      [length, originalLength] = [originalLength, length];
    }
    if (length > this.#maxBlockLength) {
      throw damaged(
        queue.position + 8,
        `a packet of ${length} bytes; at most ${this.#maxBlockLength} are read`,
      );
    }
    const total = PCAP_PACKET_HEADER_LENGTH + length;
    if (!queue.require(total)) return undefined;
    const { bytes, view, at } = queue;
    queue.skip(total);
    return {
      type: 'packet',
      interfaceId: 0,
      linkType,
      seconds: view.getUint32(at, this.#littleEndian),
      nanoseconds: view.getUint32(at + 4, this.#littleEndian) * this.#nanosecondsPerUnit,
      hasTime: true,
      originalLength,
      data: bytes.subarray(at + PCAP_PACKET_HEADER_LENGTH, at + total),
      flags: undefined,
      comments: NOTHING,
      options: NOTHING,
    };
  }
}
