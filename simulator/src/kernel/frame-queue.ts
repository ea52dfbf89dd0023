import { copyBytes } from './copy-bytes.js';

const FIRST_SLOTS = 64;
const FIRST_BYTES = 16_384;
/** Above this, `set` is faster. */
const WORD_LIMIT = 256;
const NOTHING = new Uint8Array(0);

/**
 * Frames in order, in one buffer that grows when it must: a frame costs a copy and nothing that
 * has to be collected. The first one is described by the `head…` members.
 */
export class FrameQueue {
  #bytes = new Uint8Array(FIRST_BYTES);
  #words = new Int32Array(this.#bytes.buffer);
  /** Where frames came from last, and the same as words: mostly one memory. */
  #source: Uint8Array = NOTHING;
  #sourceWords: Int32Array | undefined;
  #offsets = new Int32Array(FIRST_SLOTS);
  #lengths = new Int32Array(FIRST_SLOTS);
  #queueIds = new Int32Array(FIRST_SLOTS);
  #times = new Float64Array(FIRST_SLOTS);
  #first = 0;
  #count = 0;
  #writeAt = 0;

  get count(): number {
    return this.#count;
  }

  get headBytes(): Uint8Array {
    return this.#bytes;
  }

  get headOffset(): number {
    return this.#offsets[this.#first]!;
  }

  get headLength(): number {
    return this.#lengths[this.#first]!;
  }

  get headQueueId(): number {
    return this.#queueIds[this.#first]!;
  }

  get headTimeNs(): number {
    return this.#times[this.#first]!;
  }

  /** Copies a frame in, behind all others. */
  push(bytes: Uint8Array, offset: number, length: number, queueId: number, timeNs: number): void {
    if (this.#count === this.#offsets.length || !this.#fits(length)) this.#grow(length);
    const slot = (this.#first + this.#count) & (this.#offsets.length - 1);
    this.#copyIn(bytes, offset, length);
    this.#offsets[slot] = this.#writeAt;
    this.#lengths[slot] = length;
    this.#queueIds[slot] = queueId;
    this.#times[slot] = timeNs;
    this.#writeAt = (this.#writeAt + length + 3) & ~3; // Frames begin at words.
    this.#count++;
  }

  /** Forgets the first frame. Its bytes are good until the next `push`. */
  shift(): void {
    this.#first = (this.#first + 1) & (this.#offsets.length - 1);
    this.#count--;
  }

  clear(): void {
    this.#first = 0;
    this.#count = 0;
    this.#writeAt = 0;
  }

  /** By words where both begin at one, which takes half the time. */
  #copyIn(bytes: Uint8Array, offset: number, length: number): void {
    if (bytes !== this.#source) {
      this.#source = bytes;
      this.#sourceWords = wordsOf(bytes);
    }
    const from = this.#sourceWords;
    if (length > WORD_LIMIT || (offset & 3) !== 0 || from === undefined) {
      copyBytes(this.#bytes, this.#writeAt, bytes, offset, length);
      return;
    }
    const [to, toWord, fromWord] = [this.#words, this.#writeAt >> 2, offset >> 2];
    const count = (length + 3) >> 2;
    for (let i = 0; i < count; i++) to[toWord + i] = from[fromWord + i]!;
  }

  /** Is there one piece of free bytes at `#writeAt`, or, after a turn, at the start? */
  #fits(bytes: number): boolean {
    const length = (bytes + 3) & ~3;
    if (this.#count === 0) this.#writeAt = 0;
    const start = this.#count === 0 ? this.#bytes.length : this.headOffset;
    const wrapped = this.#count > 0 && this.#writeAt <= start;
    if (wrapped) return this.#writeAt + length < start;
    if (this.#writeAt + length <= this.#bytes.length) return true;
    if (this.#count === 0 || length >= start) return false;
    this.#writeAt = 0;
    return true;
  }

  #grow(length: number): void {
    const slots = this.#offsets.length;
    const size = 2 * (this.#bytes.length + ((length + 3) & ~3));
    const bytes = new Uint8Array(size);
    const moreSlots = this.#count === slots ? 2 * slots : slots;
    const [offsets, lengths] = [new Int32Array(moreSlots), new Int32Array(moreSlots)];
    const [queueIds, times] = [new Int32Array(moreSlots), new Float64Array(moreSlots)];
    let at = 0;
    for (let i = 0; i < this.#count; i++) {
      const slot = (this.#first + i) & (slots - 1);
      copyBytes(bytes, at, this.#bytes, this.#offsets[slot]!, this.#lengths[slot]!);
      offsets[i] = at;
      lengths[i] = this.#lengths[slot]!;
      queueIds[i] = this.#queueIds[slot]!;
      times[i] = this.#times[slot]!;
      at = (at + lengths[i]! + 3) & ~3;
    }
    this.#words = new Int32Array(bytes.buffer);
    [this.#bytes, this.#offsets, this.#lengths] = [bytes, offsets, lengths];
    [this.#queueIds, this.#times, this.#first, this.#writeAt] = [queueIds, times, 0, at];
  }
}

/** A view of whole words, where the bytes begin and end with one. */
function wordsOf({ buffer, byteOffset, byteLength }: Uint8Array): Int32Array | undefined {
  if (((byteOffset | byteLength) & 3) !== 0) return undefined;
  return new Int32Array(buffer, byteOffset, byteLength >> 2);
}
