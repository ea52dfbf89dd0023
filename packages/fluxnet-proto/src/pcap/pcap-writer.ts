import { requireUint } from '../require-uint.js';
import { type CaptureSink, Output } from './output.js';
import { lengthToWrite, type PacketToWrite } from './packet-to-write.js';
import {
  PCAP_HAS_FCS_LENGTH,
  PCAP_HEADER_LENGTH,
  PCAP_MAGIC,
  PCAP_MAJOR_VERSION,
  PCAP_MINOR_VERSION,
  PCAP_PACKET_HEADER_LENGTH,
} from './pcap-reader.js';
import { RESOLUTION_MICROSECONDS, RESOLUTION_NANOSECONDS } from './timestamp.js';

const MAX_UINT16 = 0xffff;
const MAX_UINT32 = 0xffff_ffff;
const DEFAULT_SNAP_LENGTH = 262_144;

export interface PcapWriterOptions {
  /** One of `LinkType`, or any other of the registry. */
  readonly linkType: number;
  /** Longer packets are cut to this; 0 for no limit. Default 262144, as tcpdump has it. */
  readonly snapLength?: number | undefined;
  /** 6 for microseconds, 9 for nanoseconds. Default 9. */
  readonly timestampResolution?: 6 | 9 | undefined;
  /** Default true. */
  readonly littleEndian?: boolean | undefined;
  /** Bytes of frame check sequence at the end of each packet, an even number. */
  readonly fcsLength?: number | undefined;
}

/**
 * Writes a classic pcap file. What it writes comes in pieces of up to 64 KiB; `flush` gives the
 * last one.
 */
export class PcapWriter {
  readonly #output: Output;
  readonly #snapLength: number;
  readonly #nanosecondsPerUnit: number;

  constructor(sink: CaptureSink, options: PcapWriterOptions) {
    const { linkType, snapLength = DEFAULT_SNAP_LENGTH, littleEndian = true } = options;
    const { timestampResolution = RESOLUTION_NANOSECONDS, fcsLength } = options;
    requireUint('linkType', linkType, MAX_UINT16);
    requireUint('snapLength', snapLength, MAX_UINT32);
    if (
      timestampResolution !== RESOLUTION_MICROSECONDS &&
      timestampResolution !== RESOLUTION_NANOSECONDS
    ) {
      throw new RangeError(`timestampResolution is ${timestampResolution}; it must be 6 or 9`);
    }
    if (fcsLength !== undefined) requireUint('fcsLength / 2', fcsLength / 2, 15);
    this.#output = new Output(sink, littleEndian);
    this.#snapLength = snapLength === 0 ? MAX_UINT32 : snapLength;
    this.#nanosecondsPerUnit = timestampResolution === RESOLUTION_NANOSECONDS ? 1 : 1000;
    const fcs = fcsLength === undefined ? 0 : PCAP_HAS_FCS_LENGTH | ((fcsLength / 2) << 28);
    this.#header(linkType | fcs, snapLength);
  }

  /**
   * @throws {RangeError} when the packet is not within `data`, or its time is none that the format
   *   has (seconds up to 2^32 - 1)
   */
  packet(packet: PacketToWrite): void {
    const length = lengthToWrite(packet);
    const { data, offset = 0, originalLength = length, seconds, nanoseconds } = packet;
    const units = Math.floor(nanoseconds / this.#nanosecondsPerUnit);
    requireUint('seconds', seconds, MAX_UINT32);
    requireUint('nanoseconds', units, MAX_UINT32);
    requireUint('originalLength', originalLength, MAX_UINT32);
    const kept = Math.min(length, this.#snapLength);
    const output = this.#output;
    output.reserve(PCAP_PACKET_HEADER_LENGTH + kept);
    output.u32(seconds);
    output.u32(units);
    output.u32(kept);
    output.u32(originalLength);
    output.copy(data, offset, kept);
  }

  flush(): void {
    this.#output.flush();
  }

  #header(link: number, snapLength: number): void {
    const output = this.#output;
    output.reserve(PCAP_HEADER_LENGTH);
    const nanoseconds = this.#nanosecondsPerUnit === 1;
    output.u32(nanoseconds ? PCAP_MAGIC.nanosecondsBig : PCAP_MAGIC.microsecondsBig);
    output.u16(PCAP_MAJOR_VERSION);
    output.u16(PCAP_MINOR_VERSION);
    output.u32(0); // Time zone and accuracy, which nobody ever used.
    output.u32(0);
    output.u32(snapLength);
    output.u32(link);
  }
}
