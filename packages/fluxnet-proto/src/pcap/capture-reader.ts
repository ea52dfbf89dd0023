import { ByteQueue } from './byte-queue.js';
import type { CaptureEvent } from './capture.js';
import { cutShort, damaged } from './damage.js';
import { isPcapMagic, PcapReader } from './pcap-reader.js';
import { BlockType } from './pcapng-format.js';
import { PcapngReader } from './pcapng-reader.js';

export interface CaptureReaderOptions {
  /**
   * Bytes of the longest packet or block that is read; anything longer is taken for damage. It
   * bounds the memory that a reader uses beside the chunk it was given. Default 16 MiB.
   */
  readonly maxBlockLength?: number | undefined;
  /**
   * What happens to pcapng blocks of a kind that has no event of its own (name resolution,
   * decryption secrets, custom blocks, unknown ones). Default `skip`.
   */
  readonly unknownBlocks?: 'skip' | 'keep' | undefined;
}

const DEFAULT_MAX_BLOCK_LENGTH = 16 * 1024 * 1024;
const MAGIC_LENGTH = 4;

/**
 * Reads pcap and pcapng, told apart by their first bytes, from chunks of any size.
 *
 * ```ts
 * const reader = new CaptureReader();
 * for await (const chunk of source) {
 *   reader.push(chunk);
 *   for (let event = reader.next(); event !== undefined; event = reader.next()) use(event);
 * }
 * reader.end();
 * ```
 * Packets point into the chunks: leave a chunk alone as long as its packets are used.
 */
export class CaptureReader {
  readonly #queue = new ByteQueue();
  readonly #maxBlockLength: number;
  readonly #keepUnknown: boolean;
  #reader: PcapReader | PcapngReader | undefined;
  #failure: unknown;

  constructor(options: CaptureReaderOptions = {}) {
    const { maxBlockLength = DEFAULT_MAX_BLOCK_LENGTH, unknownBlocks = 'skip' } = options;
    if (!(Number.isInteger(maxBlockLength) && maxBlockLength > 0)) {
      throw new RangeError(`maxBlockLength is ${maxBlockLength}; it must be a positive integer`);
    }
    this.#maxBlockLength = maxBlockLength;
    this.#keepUnknown = unknownBlocks === 'keep';
  }

  push(chunk: Uint8Array): void {
    this.#queue.push(chunk);
  }

  /**
   * The next event, or undefined when more bytes are needed for one.
   *
   * @throws {FluxError} `FLUX_CAPTURE_MALFORMED` with `context.offset`; from then on always
   */
  next(): CaptureEvent | undefined {
    if (this.#failure !== undefined) throw this.#failure;
    try {
      this.#reader ??= this.#recognize();
      return this.#reader?.next();
    } catch (failure) {
      this.#failure = failure;
      throw failure;
    }
  }

  /**
   * To be called when all was pushed and `next` has no more.
   *
   * @throws {FluxError} `FLUX_CAPTURE_TRUNCATED` when bytes are left that make no whole
   */
  end(): void {
    if (this.#failure !== undefined) throw this.#failure;
    const { position, length } = this.#queue;
    if (this.#reader === undefined || length > 0) throw cutShort(position, length);
  }

  #recognize(): PcapReader | PcapngReader | undefined {
    const queue = this.#queue;
    if (!queue.require(MAGIC_LENGTH)) return undefined;
    const magic = queue.view.getUint32(queue.at);
    if (isPcapMagic(magic)) return new PcapReader(queue, magic, this.#maxBlockLength);
    if (magic === BlockType.section) {
      return new PcapngReader(queue, {
        maxBlockLength: this.#maxBlockLength,
        keepUnknown: this.#keepUnknown,
      });
    }
    throw damaged(queue.position, 'neither pcap nor pcapng begins like this', hintFor(magic));
  }
}

function hintFor(magic: number): string | undefined {
  if (magic >>> 16 === 0x1f8b) return 'it is compressed: unpack it with gzip first';
  if (magic === 0x28b52ffd) return 'it is compressed: unpack it with zstd first';
  if (magic === 0xa1b2cd34 || magic === 0x34cdb2a1)
    return 'an old dialect of pcap: editcap reads it';
  return undefined;
}
