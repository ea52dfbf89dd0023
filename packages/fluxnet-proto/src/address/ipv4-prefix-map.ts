/**
 * Longest-prefix match for IPv4 (DIR-24-8: Gupta, Lin, McKeown, Infocom 1998). A table has an entry
 * for every /24; where longer prefixes exist it points to a group of 256 entries. A lookup reads
 * one of them, or two.
 *
 * ```
 *   first[address >>> 8]                    groups[256 * group + (address & 255)]
 *  +-+---------+-----------+               +-+---------+-----------+
 *  |0| length+1| value + 1 |   or  |1|group| --> |0| length+1| value + 1 |
 *  +-+---------+-----------+               +-+---------+-----------+
 *   1     7          24 bits
 * ```
 * An entry of 0 is none. The length says which entries a shorter prefix may overwrite.
 */

import { requireUint } from '../require-uint.js';
import { Ipv4PrefixTable } from './ipv4-prefix-table.js';
import { ipv4Mask } from './prefix.js';

export const MAX_PREFIX_VALUE = 0xff_fffe;
const VALUE_MASK = 0xff_ffff;
const FIRST_BITS = 24;
const GROUP_SIZE = 256;

export class Ipv4PrefixMap {
  readonly #prefixes = new Ipv4PrefixTable();
  readonly #first = new Int32Array(1 << FIRST_BITS);
  #groups = new Int32Array(GROUP_SIZE * 16);
  /** Prefixes longer than /24 in each group. */
  #used = new Uint16Array(16);
  #groupCount = 0;
  readonly #freeGroups: number[] = [];

  get size(): number {
    return this.#prefixes.size;
  }

  /** Bytes of all tables. Of the first, 64 MiB, the system backs what was written to. */
  get byteLength(): number {
    return (
      this.#first.byteLength +
      this.#groups.byteLength +
      this.#used.byteLength +
      this.#prefixes.byteLength
    );
  }

  /** The value of the longest prefix that contains the address, or -1. */
  lookup(address: number): number {
    let entry = this.#first[address >>> 8]!;
    if (entry < 0) entry = this.#groups[((entry & 0x7fff_ffff) << 8) | (address & 0xff)]!;
    return (entry & VALUE_MASK) - 1;
  }

  /**
   * Adds a prefix, or changes its value. Bits beyond the length are ignored.
   *
   * @param value 0 to 2^24 - 2
   */
  insert(address: number, length: number, value: number): void {
    requireUint('length', length, 32);
    requireUint('value', value, MAX_PREFIX_VALUE);
    const network = (address & ipv4Mask(length)) >>> 0;
    const isNew = this.#prefixes.set(network, length, value);
    if (isNew && length > FIRST_BITS) this.#used[this.#groupFor(network >>> 8)]!++;
    this.#replace(network, length, entryOf(length, value), length);
  }

  /** True when the prefix was there. */
  remove(address: number, length: number): boolean {
    requireUint('length', length, 32);
    const network = (address & ipv4Mask(length)) >>> 0;
    if (!this.#prefixes.delete(network, length)) return false;
    // The next shorter prefix takes its place.
    let shorter = length - 1;
    while (shorter >= 0 && this.#prefixes.get(network & ipv4Mask(shorter), shorter) < 0) shorter--;
    const entry =
      shorter < 0 ? 0 : entryOf(shorter, this.#prefixes.get(network & ipv4Mask(shorter), shorter));
    this.#replace(network, length, entry, length);
    if (length > FIRST_BITS) this.#leaveGroup(network >>> 8);
    return true;
  }

  /** Writes `entry` for all addresses of the prefix that no prefix longer than `length` covers. */
  #replace(network: number, length: number, entry: number, limit: number): void {
    if (length > FIRST_BITS) {
      const group = this.#first[network >>> 8]! & 0x7fff_ffff;
      const at = group * GROUP_SIZE + (network & 0xff);
      overwrite(this.#groups, at, 1 << (32 - length), entry, limit);
      return;
    }
    const first = this.#first;
    const at = network >>> 8;
    const end = at + (1 << (FIRST_BITS - length));
    for (let i = at; i < end; i++) {
      const old = first[i]!;
      if (old < 0) {
        overwrite(this.#groups, (old & 0x7fff_ffff) * GROUP_SIZE, GROUP_SIZE, entry, limit);
      } else if (old >>> FIRST_BITS <= limit + 1) first[i] = entry;
    }
  }

  /** The group of a /24, made from its entry where there is none. */
  #groupFor(index: number): number {
    const old = this.#first[index]!;
    if (old < 0) return old & 0x7fff_ffff;
    const group = this.#freeGroups.pop() ?? this.#groupCount++;
    if (group === this.#used.length) this.#grow();
    this.#groups.fill(old, group * GROUP_SIZE, (group + 1) * GROUP_SIZE);
    this.#first[index] = group | 0x8000_0000;
    return group;
  }

  /** Gives the group back when no long prefix is left in it: all its entries are the same then. */
  #leaveGroup(index: number): void {
    const group = this.#first[index]! & 0x7fff_ffff;
    if (--this.#used[group]! > 0) return;
    this.#first[index] = this.#groups[group * GROUP_SIZE]!;
    this.#freeGroups.push(group);
  }

  #grow(): void {
    const groups = new Int32Array(this.#groups.length * 2);
    groups.set(this.#groups);
    this.#groups = groups;
    const used = new Uint16Array(this.#used.length * 2);
    used.set(this.#used);
    this.#used = used;
  }
}

function entryOf(length: number, value: number): number {
  return ((length + 1) << FIRST_BITS) | (value + 1);
}

function overwrite(
  entries: Int32Array,
  at: number,
  count: number,
  entry: number,
  limit: number,
): void {
  for (let i = at; i < at + count; i++) {
    if (entries[i]! >>> FIRST_BITS <= limit + 1) entries[i] = entry;
  }
}
