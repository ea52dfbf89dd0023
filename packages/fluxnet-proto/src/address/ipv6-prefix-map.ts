/**
 * Longest-prefix match for IPv6: a trie with strides of 20, 4, 8, 8, … bits, whose branches end in
 * a bucket as soon as few prefixes are left (a burst trie: Heinz, Zobel, Williams, 2002). A node is
 * made only where more prefixes share its bits than a bucket should have: among a million that are
 * spread evenly, a lookup reads one slot and one bucket.
 *
 * A slot is the value, plus one, of the longest prefix that ends at it (0 for none), or, when there
 * are longer ones, negative: where a bucket or a node begins, which has that value in its first
 * word. A node is two words and its slots; for a bucket, see `ipv6-prefix-buckets.ts`.
 */

import { requireUint } from '../require-uint.js';
import { MAX_PREFIX_VALUE } from './ipv4-prefix-map.js';
import { HEADER_LENGTH, Ipv6PrefixBuckets, matchBucket, NODE_MARK } from './ipv6-prefix-buckets.js';
import { Ipv6Words, wordOf } from './ipv6-words.js';

const ROOT_BITS = 20;
/** Brings the strides to whole bytes, so that none straddles two words. */
const SECOND_BITS = 4;
const NODE_BITS = 8;
const PLACE = 0x7fff_ffff;
/** Where a bucket is made a node. */
const BUCKET_SIZE = 32;
/** The same where all of it goes on into one slot, so that a node would only make a chain. */
const CHAIN_BUCKET_SIZE = 128;
const ROOT = 0;

export class Ipv6PrefixMap {
  readonly #root = new Int32Array(1 << ROOT_BITS);
  readonly #buckets = new Ipv6PrefixBuckets();
  /**
   * The prefixes that end within a node, values plus one: a binary tree as an array, the prefix
   * `p` of `n` bits at `2^n + p`. Nodes by where they begin; the root at 0.
   */
  readonly #trees = new Map<number, Int32Array>();
  readonly #key = new Ipv6Words();
  readonly #moved = new Ipv6Words();
  #treeBytes = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Bytes of all tables. They grow and never shrink; what is removed makes room for others. */
  get byteLength(): number {
    return this.#root.byteLength + this.#buckets.byteLength + this.#treeBytes;
  }

  /** The value of the longest prefix that contains the 16 bytes at `offset`, or -1. */
  lookup(view: DataView, offset: number): number {
    const w0 = view.getInt32(offset);
    const w1 = view.getInt32(offset + 4);
    const w2 = view.getInt32(offset + 8);
    const w3 = view.getInt32(offset + 12);
    const { words } = this.#buckets;
    let slot = this.#root[w0 >>> (32 - ROOT_BITS)]!;
    let best = 0;
    let bits = SECOND_BITS;
    for (let depth = ROOT_BITS; slot < 0; bits = NODE_BITS) {
      const place = slot & PLACE;
      if (words[place] !== 0) best = words[place]!;
      if (words[place + 1] !== NODE_MARK) {
        slot = matchBucket(words, place, w0, w1, w2, w3);
        break;
      }
      const digit = (wordOf(depth, w0, w1, w2, w3) << (depth & 31)) >>> (32 - bits);
      slot = words[place + HEADER_LENGTH + digit]!;
      depth += bits;
    }
    return (slot === 0 ? best : slot) - 1;
  }

  /**
   * Adds a prefix, or changes its value. Bits beyond the length are ignored.
   *
   * @param address 16 bytes
   * @param value 0 to 2^24 - 2
   */
  insert(address: Uint8Array, length: number, value: number): void {
    requireUint('length', length, 128);
    requireUint('value', value, MAX_PREFIX_VALUE);
    if (this.#put(ROOT, 0, this.#key.set(address, length), length, value + 1)) this.#size++;
  }

  /** True when the prefix was there. */
  remove(address: Uint8Array, length: number): boolean {
    requireUint('length', length, 128);
    const key = this.#key.set(address, length);
    let node = ROOT;
    let depth = 0;
    for (;;) {
      const bits = bitsOf(depth);
      if (length <= depth + bits) {
        if (!this.#setOwn(node, depth, key, length, 0)) return false;
        break;
      }
      const digit = key.bitsAt(depth, bits);
      const slot = this.#slot(node, digit);
      if (slot >= 0) return false;
      const place = slot & PLACE;
      if (this.#buckets.words[place + 1] !== NODE_MARK) {
        if (!this.#removeFrom(node, digit, place, key, length)) return false;
        break;
      }
      node = place;
      depth += bits;
    }
    this.#size--;
    return true;
  }

  #removeFrom(
    node: number,
    digit: number,
    bucket: number,
    key: Ipv6Words,
    length: number,
  ): boolean {
    const i = this.#buckets.find(bucket, key, length);
    if (i < 0) return false;
    this.#buckets.remove(bucket, i);
    if (this.#buckets.count(bucket) === 0) {
      this.#setSlot(node, digit, this.#buckets.words[bucket]!);
      this.#buckets.free(bucket);
    }
    return true;
  }

  /** Puts a prefix into a node or below. True when it is new. */
  #put(node: number, depth: number, key: Ipv6Words, length: number, value: number): boolean {
    const bits = bitsOf(depth);
    if (length <= depth + bits) return this.#setOwn(node, depth, key, length, value);
    const digit = key.bitsAt(depth, bits);
    const slot = this.#slot(node, digit);
    const old = slot < 0 ? slot & PLACE : this.#buckets.make(slot);
    if (this.#buckets.words[old + 1] === NODE_MARK) {
      return this.#put(old, depth + bits, key, length, value);
    }
    const found = this.#buckets.find(old, key, length);
    if (found >= 0) {
      this.#buckets.setValue(old, found, value);
      return false;
    }
    const bucket = this.#buckets.add(old, key, length, value);
    this.#setSlot(node, digit, bucket | ~PLACE);
    const count = this.#buckets.count(bucket);
    if (
      count > CHAIN_BUCKET_SIZE ||
      (count > BUCKET_SIZE && !this.#goesOnAsOne(bucket, depth + bits))
    ) {
      this.#setSlot(node, digit, this.#burst(bucket, depth + bits) | ~PLACE);
    }
    return true;
  }

  /** Makes a node of a bucket. */
  #burst(bucket: number, depth: number): number {
    const slots = 1 << bitsOf(depth);
    const node = this.#buckets.allocate(HEADER_LENGTH + slots);
    const { words } = this.#buckets;
    words.fill(0, node, node + HEADER_LENGTH + slots);
    words[node] = words[bucket]!;
    words[node + 1] = NODE_MARK;
    const count = this.#buckets.count(bucket);
    for (let i = 0; i < count; i++) {
      const length = this.#buckets.read(bucket, i, this.#moved);
      this.#put(node, depth, this.#moved, length, this.#buckets.value(bucket, i));
    }
    this.#buckets.free(bucket);
    return node;
  }

  #goesOnAsOne(bucket: number, depth: number): boolean {
    const bits = bitsOf(depth);
    let digit = -1;
    for (let i = this.#buckets.count(bucket) - 1; i >= 0; i--) {
      if (this.#buckets.read(bucket, i, this.#moved) <= depth + bits) return false;
      const next = this.#moved.bitsAt(depth, bits);
      if (digit >= 0 && next !== digit) return false;
      digit = next;
    }
    return true;
  }

  /** Sets or, with 0, removes a prefix that ends within the node. True when that was news. */
  #setOwn(node: number, depth: number, key: Ipv6Words, length: number, value: number): boolean {
    const bits = bitsOf(depth);
    const tree = this.#treeOf(node, bits);
    const spare = depth + bits - length;
    const first = (key.bitsAt(depth, bits) >>> spare) << spare;
    const leaf = 1 << bits;
    const at = (leaf | first) >>> spare;
    const before = tree[at]!;
    tree[at] = value;
    for (let digit = first; digit < first + (1 << spare); digit++) {
      let longest = leaf | digit;
      while (longest > 0 && tree[longest] === 0) longest >>>= 1;
      const slot = this.#slot(node, digit);
      if (slot < 0) this.#buckets.words[slot & PLACE] = tree[longest]!;
      else this.#setSlot(node, digit, tree[longest]!);
    }
    return (before === 0) !== (value === 0);
  }

  #treeOf(node: number, bits: number): Int32Array {
    let tree = this.#trees.get(node);
    if (tree === undefined) {
      tree = new Int32Array(2 << bits);
      this.#trees.set(node, tree);
      this.#treeBytes += tree.byteLength;
    }
    return tree;
  }

  #slot(node: number, digit: number): number {
    return node === ROOT ? this.#root[digit]! : this.#buckets.words[node + HEADER_LENGTH + digit]!;
  }

  #setSlot(node: number, digit: number, slot: number): void {
    if (node === ROOT) this.#root[digit] = slot;
    else this.#buckets.words[node + HEADER_LENGTH + digit] = slot;
  }
}

function bitsOf(depth: number): number {
  return depth === 0 ? ROOT_BITS : depth === ROOT_BITS ? SECOND_BITS : NODE_BITS;
}
