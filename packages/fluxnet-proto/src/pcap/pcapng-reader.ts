/**
 * pcapng files: sections of blocks. Every block says its length before and behind its body, so
 * damage is found where it begins.
 */

import type { ByteQueue } from './byte-queue.js';
import type { CaptureEvent, CaptureInterface } from './capture.js';
import { damaged } from './damage.js';
import type { BlockBytes } from './options.js';
import { blockOf, interfaceOf, sectionOf, statisticsOf } from './pcapng-blocks.js';
import {
  BLOCK_HEADER_LENGTH,
  BLOCK_OVERHEAD,
  BlockType,
  BYTE_ORDER_MAGIC,
  PCAPNG_MAJOR_VERSION,
} from './pcapng-format.js';
import { enhancedPacketOf, obsoletePacketOf, simplePacketOf } from './pcapng-packets.js';

/** Shortest bodies, without options. */
const MIN_BODY: Readonly<Record<number, number>> = {
  [BlockType.section]: 16,
  [BlockType.interface]: 8,
  [BlockType.packet]: 20,
  [BlockType.simplePacket]: 4,
  [BlockType.statistics]: 12,
  [BlockType.enhancedPacket]: 20,
  [BlockType.custom]: 4,
  [BlockType.customNotCopied]: 4,
};

/** They are kept as long as their section lasts, so a file must not describe them without end. */
const MAX_INTERFACES = 65_536;

export interface PcapngReaderOptions {
  readonly maxBlockLength: number;
  readonly keepUnknown: boolean;
}

export class PcapngReader {
  readonly #queue: ByteQueue;
  readonly #options: PcapngReaderOptions;
  #littleEndian = false;
  #interfaces: CaptureInterface[] = [];

  constructor(queue: ByteQueue, options: PcapngReaderOptions) {
    this.#queue = queue;
    this.#options = options;
  }

  next(): CaptureEvent | undefined {
    for (;;) {
      const length = this.#blockLength();
      if (length === undefined) return undefined;
      const event = this.#block(length);
      this.#queue.skip(length);
      if (event !== undefined) return event;
    }
  }

  /** The whole length of the next block, once all of it is there. */
  #blockLength(): number | undefined {
    const queue = this.#queue;
    if (!queue.require(BLOCK_OVERHEAD)) return undefined;
    const type = queue.view.getUint32(queue.at, this.#littleEndian);
    if (type === BlockType.section) this.#littleEndian = byteOrder(queue);
    const length = queue.view.getUint32(queue.at + 4, this.#littleEndian);
    const min = BLOCK_OVERHEAD + (MIN_BODY[type] ?? 0);
    if (length < min || length % 4 !== 0) {
      throw damaged(
        queue.position + 4,
        `a block of type ${hex(type)} has the length ${length}; it must be a multiple of 4, ` +
          `and at least ${min}`,
      );
    }
    if (length > this.#options.maxBlockLength) {
      throw damaged(
        queue.position + 4,
        `a block of ${length} bytes; at most ${this.#options.maxBlockLength} are read`,
      );
    }
    if (!queue.require(length)) return undefined;
    const behind = queue.view.getUint32(queue.at + length - 4, this.#littleEndian);
    if (behind !== length) {
      throw damaged(
        queue.position + length - 4,
        `a block of type ${hex(type)} says ${length} before its body and ${behind} behind it`,
      );
    }
    return length;
  }

  #block(length: number): CaptureEvent | undefined {
    const { bytes, view, at, position } = this.#queue;
    const littleEndian = this.#littleEndian;
    const block: BlockBytes = { bytes, view, littleEndian, base: position - at };
    const body = at + BLOCK_HEADER_LENGTH;
    const end = at + length - 4;
    const type = view.getUint32(at, littleEndian);
    switch (type) {
      case BlockType.section:
        checkVersion(block, body);
        this.#interfaces = [];
        return sectionOf(block, body, end);
      case BlockType.interface: {
        if (this.#interfaces.length === MAX_INTERFACES) {
          throw damaged(position, `more than ${MAX_INTERFACES} interfaces in a section`);
        }
        const described = interfaceOf(block, body, end, this.#interfaces.length);
        this.#interfaces.push(described);
        return described;
      }
      case BlockType.enhancedPacket:
        return enhancedPacketOf(block, body, end, this.#interfaces);
      case BlockType.simplePacket:
        return simplePacketOf(block, body, end, this.#interfaces);
      case BlockType.packet:
        return obsoletePacketOf(block, body, end, this.#interfaces);
      case BlockType.statistics:
        return statisticsOf(block, body, end, this.#interfaces);
      default:
        return this.#options.keepUnknown ? blockOf(block, type, body, end) : undefined;
    }
  }
}

function byteOrder({ view, at, position }: ByteQueue): boolean {
  if (view.getUint32(at + 8) === BYTE_ORDER_MAGIC) return false;
  if (view.getUint32(at + 8, true) === BYTE_ORDER_MAGIC) return true;
  throw damaged(position + 8, 'a section header has no byte order magic');
}

function checkVersion({ view, littleEndian, base }: BlockBytes, body: number): void {
  const major = view.getUint16(body + 4, littleEndian);
  if (major === PCAPNG_MAJOR_VERSION) return;
  const minor = view.getUint16(body + 6, littleEndian);
  throw damaged(base + body + 4, `pcapng version ${major}.${minor}; 1.0 is known`);
}

function hex(number: number): string {
  return `0x${number.toString(16)}`;
}
