import { BITMAP_SIZE, MAX_RULES } from './layout.js';
import { next, type Ranges } from './place-ranges.js';

const WORDS = MAX_RULES / 32;

/**
 * The bitmaps of a rule list: bit n says that rule n is satisfied as far as one field goes. Equal
 * ones are one, and their number is the class of the packets that have it. Class 0 has all rules.
 */
export class Bitmaps {
  readonly #ruleCount: number;
  readonly #classes = new Map<string, number>();
  readonly #bitmaps: Uint32Array[] = [];

  constructor(ruleCount: number) {
    this.#ruleCount = ruleCount;
    this.classOf(this.bitmapOf(() => true));
  }

  get count(): number {
    return this.#bitmaps.length;
  }

  bitmapOf(has: (rule: number) => boolean): Uint32Array {
    const bitmap = new Uint32Array(WORDS);
    for (let rule = 0; rule < this.#ruleCount; rule++) if (has(rule)) toggle(bitmap, rule);
    return bitmap;
  }

  classOf(bitmap: Uint32Array): number {
    const key = Buffer.from(bitmap.buffer, bitmap.byteOffset, bitmap.byteLength).toString('latin1');
    const known = this.#classes.get(key);
    if (known !== undefined) return known;
    const number = this.#bitmaps.length;
    this.#classes.set(key, number);
    this.#bitmaps.push(bitmap.slice());
    return number;
  }

  /** `struct fluxnet_bitmap` of every class, one behind the other. */
  toBytes(): Uint8Array {
    const entry = BITMAP_SIZE >> 2;
    const out = new Uint32Array(this.count * entry);
    this.#bitmaps.forEach((bitmap, index) => {
      const at = index * entry;
      out.set(bitmap, at + 2);
      for (let word = 0; word < WORDS; word++) {
        // Bit n of the summary is 64-bit word n: two words here.
        if (bitmap[word] !== 0) out[at + (word >> 6)]! |= 1 << ((word >> 1) & 31);
      }
    });
    return new Uint8Array(out.buffer);
  }
}

/** Borders in a field and the class from each to before the next. */
export interface Classified<T extends number | bigint> {
  /** Ascending, the first is the lowest place there is. */
  readonly borders: readonly T[];
  readonly classes: readonly number[];
}

/**
 * Walks a field from its lowest place on, toggling rules where their ranges begin and end.
 * @param rangesOf undefined for rules that ask nothing of the field
 */
export function classify<T extends number | bigint>(
  bitmaps: Bitmaps,
  lowest: T,
  rangesOf: readonly (Ranges<T> | undefined)[],
): Classified<T> {
  const changes = new Map<T, number[]>([[lowest, []]]);
  const change = (place: T, rule: number) => {
    const rules = changes.get(place);
    if (rules === undefined) changes.set(place, [rule]);
    else rules.push(rule);
  };
  rangesOf.forEach((ranges, rule) => {
    for (const [from, to] of ranges ?? []) {
      change(from, rule);
      change(next(to), rule);
    }
  });
  const borders = [...changes.keys()].sort((a, b) => (a < b ? -1 : 1));
  const current = bitmaps.bitmapOf((rule) => rangesOf[rule] === undefined);
  const classes = borders.map((border) => {
    for (const rule of changes.get(border)!) toggle(current, rule);
    return bitmaps.classOf(current);
  });
  return { borders, classes };
}

function toggle(bitmap: Uint32Array, rule: number): void {
  bitmap[rule >> 5]! ^= 1 << (rule & 31);
}
