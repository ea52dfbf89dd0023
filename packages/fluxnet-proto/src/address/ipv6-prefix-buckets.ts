/**
 * Words for the nodes and buckets of a trie. A bucket is a short list of prefixes, the longest
 * first. It is known by where it begins:
 *
 * ```
 *  best | wide:1 log2(capacity):8 count:8 | entry 0 | entry 1 | …
 *
 *  entry:       length:8 value+1:24 | word 0 | word 1            where all are up to 64 bits long
 *  wide entry:  length:8 value+1:24 | word 0 | word 1 | word 2 | word 3
 * ```
 * `best` belongs to the trie. A node has -1 in the second place.
 */

import type { Ipv6Words } from './ipv6-words.js';

export const HEADER_LENGTH = 2;
export const NODE_MARK = -1;
const ENTRY = 3;
const WIDE_ENTRY = 5;
const NARROW_MAX = 64;
const WIDE = 1 << 16;
const VALUE_MASK = 0xff_ffff;

export class Ipv6PrefixBuckets {
  words = new Int32Array(1 << 12);
  #end = 1;
  /** Freed places by their length. */
  readonly #free = new Map<number, number[]>();

  get byteLength(): number {
    return this.words.byteLength;
  }

  /** `length` words; only `NODE_MARK` or `make` makes them mean something. */
  allocate(length: number): number {
    const freed = this.#free.get(length)?.pop();
    if (freed !== undefined) return freed;
    if (this.#end + length > this.words.length) {
      const words = new Int32Array(this.words.length * 2);
      words.set(this.words);
      this.words = words;
    }
    const at = this.#end;
    this.#end += length;
    return at;
  }

  /** An empty bucket. */
  make(best: number): number {
    return this.#make(best, 0, 0);
  }

  free(bucket: number): void {
    const meta = this.words[bucket + 1]!;
    const length = lengthFor(meta & WIDE, (meta >>> 8) & 0xff);
    const list = this.#free.get(length);
    if (list === undefined) this.#free.set(length, [bucket]);
    else list.push(bucket);
  }

  count(bucket: number): number {
    return this.words[bucket + 1]! & 0xff;
  }

  /** Reads entry `i` into `key`; gives its length. */
  read(bucket: number, i: number, key: Ipv6Words): number {
    const { words } = this;
    const wide = (words[bucket + 1]! & WIDE) !== 0;
    const at = bucket + HEADER_LENGTH + i * (wide ? WIDE_ENTRY : ENTRY);
    key.w0 = words[at + 1]!;
    key.w1 = words[at + 2]!;
    key.w2 = wide ? words[at + 3]! : 0;
    key.w3 = wide ? words[at + 4]! : 0;
    return words[at]! >>> 24;
  }

  /** The value of entry `i`, plus one. */
  value(bucket: number, i: number): number {
    const { words } = this;
    const entry = (words[bucket + 1]! & WIDE) !== 0 ? WIDE_ENTRY : ENTRY;
    return words[bucket + HEADER_LENGTH + i * entry]! & VALUE_MASK;
  }

  /** Where an entry is among the others, or -1. */
  find(bucket: number, key: Ipv6Words, length: number): number {
    const { words } = this;
    const meta = words[bucket + 1]!;
    const wide = (meta & WIDE) !== 0;
    if (length > NARROW_MAX && !wide) return -1;
    for (let i = 0, at = bucket + HEADER_LENGTH; i < (meta & 0xff); i++) {
      if (
        words[at]! >>> 24 === length &&
        words[at + 1] === key.w0 &&
        words[at + 2] === key.w1 &&
        (!wide || (words[at + 3] === key.w2 && words[at + 4] === key.w3))
      ) {
        return i;
      }
      at += wide ? WIDE_ENTRY : ENTRY;
    }
    return -1;
  }

  setValue(bucket: number, i: number, value: number): void {
    const entry = (this.words[bucket + 1]! & WIDE) !== 0 ? WIDE_ENTRY : ENTRY;
    const at = bucket + HEADER_LENGTH + i * entry;
    this.words[at] = (this.words[at]! & ~VALUE_MASK) | value;
  }

  /** Adds an entry that is not there yet; gives the bucket, which may have moved. */
  add(old: number, key: Ipv6Words, length: number, value: number): number {
    const bucket = this.#withRoom(old, length > NARROW_MAX);
    const { words } = this;
    const meta = words[bucket + 1]!;
    const wide = (meta & WIDE) !== 0;
    const entry = wide ? WIDE_ENTRY : ENTRY;
    const end = bucket + HEADER_LENGTH + (meta & 0xff) * entry;
    let at = bucket + HEADER_LENGTH;
    while (at < end && words[at]! >>> 24 > length) at += entry;
    words.copyWithin(at + entry, at, end);
    words[at] = (length << 24) | value;
    words[at + 1] = key.w0;
    words[at + 2] = key.w1;
    if (wide) {
      words[at + 3] = key.w2;
      words[at + 4] = key.w3;
    }
    words[bucket + 1] = meta + 1;
    return bucket;
  }

  remove(bucket: number, i: number): void {
    const { words } = this;
    const meta = words[bucket + 1]!;
    const entry = (meta & WIDE) !== 0 ? WIDE_ENTRY : ENTRY;
    const at = bucket + HEADER_LENGTH + i * entry;
    words.copyWithin(at, at + entry, bucket + HEADER_LENGTH + (meta & 0xff) * entry);
    words[bucket + 1] = meta - 1;
  }

  #make(best: number, wide: number, logCapacity: number): number {
    const bucket = this.allocate(lengthFor(wide, logCapacity));
    this.words[bucket] = best;
    this.words[bucket + 1] = wide | (logCapacity << 8);
    return bucket;
  }

  /** The bucket, or a larger or wider copy of it. */
  #withRoom(bucket: number, needsWide: boolean): number {
    const meta = this.words[bucket + 1]!;
    const count = meta & 0xff;
    const logCapacity = (meta >>> 8) & 0xff;
    const isWide = (meta & WIDE) !== 0;
    const full = count === 1 << logCapacity;
    if (!full && (isWide || !needsWide)) return bucket;
    const wide = isWide || needsWide;
    const larger = this.#make(
      this.words[bucket]!,
      wide ? WIDE : 0,
      full ? logCapacity + 1 : logCapacity,
    );
    const { words } = this;
    const from = isWide ? WIDE_ENTRY : ENTRY;
    const to = wide ? WIDE_ENTRY : ENTRY;
    for (let i = 0; i < count; i++) {
      const source = bucket + HEADER_LENGTH + i * from;
      const target = larger + HEADER_LENGTH + i * to;
      words.copyWithin(target, source, source + from);
      if (wide && !isWide) words.fill(0, target + ENTRY, target + WIDE_ENTRY);
    }
    words[larger + 1] = words[larger + 1]! | count;
    this.free(bucket);
    return larger;
  }
}

/** The value, plus one, of the first entry that contains the address; 0 for none. */
export function matchBucket(
  words: Int32Array,
  bucket: number,
  w0: number,
  w1: number,
  w2: number,
  w3: number,
): number {
  const meta = words[bucket + 1]!;
  const wide = (meta & WIDE) !== 0;
  const entry = wide ? WIDE_ENTRY : ENTRY;
  const end = bucket + HEADER_LENGTH + (meta & 0xff) * entry;
  for (let at = bucket + HEADER_LENGTH; at < end; at += entry) {
    const head = words[at]!;
    const length = head >>> 24;
    // Lengths here are never 0, so that no shift is by 32 bits.
    let difference = words[at + 1]! ^ w0;
    if (length > 32) {
      if (difference !== 0) continue;
      difference = words[at + 2]! ^ w1;
      if (length > 64) {
        if (difference !== 0) continue;
        difference = words[at + 3]! ^ w2;
        if (length > 96) {
          if (difference !== 0) continue;
          difference = words[at + 4]! ^ w3;
        }
      }
    }
    if (difference >>> (-length & 31) === 0) return head & VALUE_MASK;
  }
  return 0;
}

function lengthFor(wide: number, logCapacity: number): number {
  return HEADER_LENGTH + (wide !== 0 ? WIDE_ENTRY : ENTRY) * (1 << logCapacity);
}
