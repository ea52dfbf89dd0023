import { requireUint } from '../require-uint.js';
import type {
  Annotated,
  CaptureBlock,
  CaptureInterface,
  CaptureOption,
  CaptureSection,
  CaptureStatistics,
  CaptureTime,
} from './capture.js';
import {
  numberOption,
  OPTION_COMMENT,
  OPTION_HEADER_LENGTH,
  padded,
  textOption,
} from './options.js';
import { type CaptureSink, Output } from './output.js';
import { lengthToWrite, type PacketToWrite } from './packet-to-write.js';
import {
  BLOCK_OVERHEAD,
  BlockType,
  BYTE_ORDER_MAGIC,
  InterfaceOption,
  PacketOption,
  PCAPNG_MAJOR_VERSION,
  SectionOption,
  StatisticsOption,
} from './pcapng-format.js';
import { RESOLUTION_NANOSECONDS, Ticks } from './timestamp.js';

const MAX_UINT16 = 0xffff;
const MAX_UINT32 = 0xffff_ffff;
const MAX_SECONDS = 0x3_ffff_ffff; // 2^64 nanoseconds.

const NONE = Object.freeze([]);

type Some<T> = { readonly [K in keyof T]?: T[K] | undefined };

/** A section that was read is one, too. */
export type SectionToWrite = Some<Omit<CaptureSection, 'type' | 'format' | 'littleEndian'>>;

export interface PcapngWriterOptions extends SectionToWrite {
  /** Default true. */
  readonly littleEndian?: boolean | undefined;
}

/** An interface that was read is one, too. The resolution must be a decimal one, up to 9. */
export type InterfaceToWrite = Pick<CaptureInterface, 'linkType'> &
  Some<Omit<CaptureInterface, 'type' | 'interfaceId' | 'linkType'>>;

export type PcapngPacketToWrite = PacketToWrite &
  Some<Annotated> & {
    /** As `interface` gave it. Default 0. */
    readonly interfaceId?: number | undefined;
    readonly flags?: number | undefined;
  };

export type StatisticsToWrite = CaptureTime &
  Pick<CaptureStatistics, 'interfaceId'> &
  Some<Omit<CaptureStatistics, 'type' | 'interfaceId' | keyof CaptureTime>>;

interface WrittenInterface {
  readonly snapLength: number;
  readonly timestampResolution: number;
  readonly timestampOffset: number;
}

/**
 * Writes a pcapng file: a section, interfaces, then packets and statistics of them. What it writes
 * comes in pieces of 64 KiB, or of one block where that is longer; `flush` gives the last one.
 */
export class PcapngWriter {
  readonly #output: Output;
  readonly #ticks = new Ticks();
  #interfaces: WrittenInterface[] = [];

  constructor(sink: CaptureSink, options: PcapngWriterOptions = {}) {
    this.#output = new Output(sink, options.littleEndian ?? true);
    this.section(options);
  }

  /** Begins another section. The first is there already. */
  section(section: SectionToWrite = {}): void {
    this.#interfaces = [];
    const options = [
      ...texts(section.comments),
      ...text(SectionOption.hardware, section.hardware),
      ...text(SectionOption.os, section.os),
      ...text(SectionOption.application, section.application),
      ...(section.options ?? []),
    ];
    this.#begin(BlockType.section, 16, options);
    this.#output.u32(BYTE_ORDER_MAGIC);
    this.#output.u16(PCAPNG_MAJOR_VERSION);
    this.#output.u16(0);
    this.#output.u32(MAX_UINT32); // The length of the section is not known.
    this.#output.u32(MAX_UINT32);
    this.#end(16, options);
  }

  /** Describes an interface and gives the number that its packets name it by. */
  interface(description: InterfaceToWrite): number {
    const { linkType, snapLength = 0, timestampOffset = 0 } = description;
    const { timestampResolution = RESOLUTION_NANOSECONDS, fcsLength } = description;
    requireUint('linkType', linkType, MAX_UINT16);
    requireUint('snapLength', snapLength, MAX_UINT32);
    requireUint('timestampResolution', timestampResolution, RESOLUTION_NANOSECONDS);
    if (!Number.isSafeInteger(timestampOffset)) {
      throw new RangeError(`timestampOffset is ${timestampOffset}; it must be an integer`);
    }
    if (fcsLength !== undefined) requireUint('fcsLength', fcsLength, 0xff);
    const { littleEndian } = this.#output;
    const options = [
      ...texts(description.comments),
      ...text(InterfaceOption.name, description.name),
      ...text(InterfaceOption.description, description.description),
      numberOption(InterfaceOption.timestampResolution, 1, timestampResolution, littleEndian),
      ...text(InterfaceOption.os, description.os),
      ...number(InterfaceOption.fcsLength, 1, fcsLength, littleEndian),
      ...number(InterfaceOption.timestampOffset, 8, timestampOffset || undefined, littleEndian),
      ...(description.options ?? []),
    ];
    this.#begin(BlockType.interface, 8, options);
    this.#output.u16(linkType);
    this.#output.u16(0);
    this.#output.u32(snapLength);
    this.#end(8, options);
    return this.#interfaces.push({ snapLength, timestampResolution, timestampOffset }) - 1;
  }

  /** @throws {RangeError} for an interface, an extent or a time that cannot be */
  packet(packet: PcapngPacketToWrite): void {
    const length = lengthToWrite(packet);
    const { data, offset = 0, originalLength = length, interfaceId = 0 } = packet;
    const { snapLength } = this.#interface(interfaceId);
    requireUint('originalLength', originalLength, MAX_UINT32);
    this.#setTicks(packet, interfaceId);
    const kept = snapLength === 0 ? length : Math.min(length, snapLength);
    const options = packetOptions(packet, this.#output.littleEndian);
    const body = 20 + padded(kept);
    this.#begin(BlockType.enhancedPacket, body, options);
    this.#output.u32(interfaceId);
    this.#output.u32(this.#ticks.high);
    this.#output.u32(this.#ticks.low);
    this.#output.u32(kept);
    this.#output.u32(originalLength);
    this.#output.copy(data, offset, kept, 4);
    this.#end(body, options);
  }

  statistics(statistics: StatisticsToWrite): void {
    const { littleEndian } = this.#output;
    const { interfaceId } = statistics;
    this.#setTicks(statistics, interfaceId);
    const options = [
      ...texts(statistics.comments),
      ...number(StatisticsOption.received, 8, statistics.received, littleEndian),
      ...number(StatisticsOption.dropped, 8, statistics.dropped, littleEndian),
      ...number(StatisticsOption.filterAccepted, 8, statistics.filterAccepted, littleEndian),
      ...number(StatisticsOption.osDropped, 8, statistics.osDropped, littleEndian),
      ...number(StatisticsOption.delivered, 8, statistics.delivered, littleEndian),
      ...(statistics.options ?? []),
    ];
    this.#begin(BlockType.statistics, 12, options);
    this.#output.u32(interfaceId);
    this.#output.u32(this.#ticks.high);
    this.#output.u32(this.#ticks.low);
    this.#end(12, options);
  }

  /**
   * Writes a block as it was read.
   *
   * @throws {RangeError} for one that must not be copied, and for one of the other byte order, since
   *   nobody here knows what in it is a number
   */
  block(block: CaptureBlock): void {
    if (!block.copyable) {
      throw new RangeError(`a block of type ${block.blockType} must not be copied`);
    }
    if (block.littleEndian !== this.#output.littleEndian) {
      throw new RangeError('the block has the other byte order');
    }
    requireUint('blockType', block.blockType, MAX_UINT32);
    const body = padded(block.body.length);
    this.#begin(block.blockType, body, []);
    this.#output.copy(block.body, 0, block.body.length, 4);
    this.#end(body, []);
  }

  flush(): void {
    this.#output.flush();
  }

  #interface(interfaceId: number): WrittenInterface {
    const found = this.#interfaces[interfaceId];
    if (found === undefined) {
      throw new RangeError(
        `interfaceId is ${interfaceId}; the section has ${this.#interfaces.length} interfaces`,
      );
    }
    return found;
  }

  #setTicks({ seconds, nanoseconds }: CaptureTime, interfaceId: number): void {
    const { timestampResolution, timestampOffset } = this.#interface(interfaceId);
    requireUint('seconds', seconds - timestampOffset, MAX_SECONDS);
    requireUint('nanoseconds', nanoseconds, 999_999_999);
    this.#ticks.set(seconds - timestampOffset, nanoseconds, timestampResolution);
  }

  /** `body` is the length of what comes between the lengths, without the options. */
  #begin(type: number, body: number, options: readonly CaptureOption[]): void {
    const length = BLOCK_OVERHEAD + body + optionsLength(options);
    this.#output.reserve(length);
    this.#output.u32(type);
    this.#output.u32(length);
  }

  #end(body: number, options: readonly CaptureOption[]): void {
    const output = this.#output;
    for (const { code, value } of options) {
      output.u16(code);
      output.u16(value.length);
      output.copy(value, 0, value.length, 4);
    }
    if (options.length > 0) output.u32(0);
    output.u32(BLOCK_OVERHEAD + body + optionsLength(options));
  }
}

function packetOptions(packet: PcapngPacketToWrite, littleEndian: boolean) {
  const { comments = NONE, flags, options = NONE } = packet;
  if (comments.length === 0 && flags === undefined && options.length === 0) return NONE;
  return [...texts(comments), ...number(PacketOption.flags, 4, flags, littleEndian), ...options];
}

/** With the one that ends them. */
function optionsLength(options: readonly CaptureOption[]): number {
  if (options.length === 0) return 0;
  let length = OPTION_HEADER_LENGTH;
  for (const { code, value } of options) {
    requireUint(`the length of option ${code}`, value.length, MAX_UINT16);
    length += OPTION_HEADER_LENGTH + padded(value.length);
  }
  return length;
}

function texts(comments: readonly string[] = []): CaptureOption[] {
  return comments.map((comment) => textOption(OPTION_COMMENT, comment));
}

function text(code: number, value: string | undefined): CaptureOption[] {
  return value === undefined ? [] : [textOption(code, value)];
}

function number(
  code: number,
  size: 1 | 4 | 8,
  value: number | undefined,
  littleEndian: boolean,
): CaptureOption[] {
  return value === undefined ? [] : [numberOption(code, size, value, littleEndian)];
}
