import type { CompiledRules } from './compile-rules.js';
import {
  BITMAP_SIZE,
  DETAIL_TCP_FLAGS,
  FIELD_COUNT,
  Field,
  MAX_RULES,
  NO_PORT,
  RANGES,
  tablesLayout,
} from './layout.js';
import { PacketFields } from './packet-fields.js';

const PORTS = NO_PORT;
const WORDS = MAX_RULES / 32;

/**
 * Runs a compiled rule list as the steering program does, over the same bytes. Takes no memory per
 * packet.
 */
export class RuleEvaluator {
  readonly fields = new PacketFields();
  readonly #tables: Uint16Array;
  readonly #words: Uint32Array;
  readonly #bitmaps: Uint32Array;
  readonly #classes = new Int32Array(FIELD_COUNT);
  readonly #ruleCount: number;
  readonly #asked: number;

  constructor(compiled: CompiledRules) {
    const { buffer, byteOffset, byteLength } = compiled.tables;
    this.#tables = new Uint16Array(buffer, byteOffset, byteLength >> 1);
    this.#words = new Uint32Array(buffer, byteOffset, byteLength >> 2);
    const { bitmaps } = compiled;
    this.#bitmaps = new Uint32Array(bitmaps.buffer, bitmaps.byteOffset, bitmaps.byteLength >> 2);
    this.#ruleCount = this.#words[tablesLayout.ruleCount >> 2]!;
    this.#asked = this.#words[tablesLayout.fields >> 2]!;
  }

  get ruleCount(): number {
    return this.#ruleCount;
  }

  get defaultAction(): number {
    return this.#words[tablesLayout.defaultAction >> 2]!;
  }

  action(rule: number): number {
    return this.#words[(tablesLayout.rules >> 2) + 2 * rule]!;
  }

  sample(rule: number): number {
    return this.#words[(tablesLayout.rules >> 2) + 2 * rule + 1]!;
  }

  /**
   * Finds the class of a packet in every field, for `firstMatch`. Its fields are in `fields`.
   * @param view its bytes
   */
  classify(view: DataView, offset: number, length: number): void {
    const { fields } = this;
    fields.read(view, offset, length);
    if (this.#ruleCount === 0) return;
    const classes = this.#classes;
    classes[Field.etherType] = this.#place('etherType', Field.etherType, fields.etherType);
    classes[Field.vlan] = this.#place('vlan', Field.vlan, fields.vlan);
    const protocol = (fields.fragment << 9) | fields.protocol;
    classes[Field.protocol] = this.#place('protocol', Field.protocol, protocol);
    classes[Field.nextHeader] = this.#place('nextHeader', Field.nextHeader, fields.nextHeader);
    classes[Field.detail] =
      fields.detail < DETAIL_TCP_FLAGS
        ? this.#place('icmp', Field.detail, fields.detail)
        : this.#place('tcpFlags', Field.detail, fields.detail - DETAIL_TCP_FLAGS);
    classes[Field.srcPort] = this.#portClass(Field.srcPort, 0, fields.srcPort);
    classes[Field.dstPort] = this.#portClass(Field.dstPort, 1, fields.dstPort);
    classes[Field.src] = this.#addressClass(view, Field.src, 0);
    classes[Field.dst] = this.#addressClass(view, Field.dst, 1);
  }

  /** The first rule from `from` on that the classified packet matches, or `MAX_RULES`. */
  firstMatch(from: number): number {
    const bitmaps = this.#bitmaps;
    for (let word = from >>> 5; word < WORDS; word++) {
      let rules = word === from >>> 5 ? -1 << (from & 31) : -1;
      for (let field = 0; field < FIELD_COUNT && rules !== 0; field++) {
        rules &= bitmaps[this.#classes[field]! * (BITMAP_SIZE >> 2) + 2 + word]!;
      }
      if (rules !== 0) return word * 32 + (31 - Math.clz32(rules & -rules));
    }
    return MAX_RULES;
  }

  #place(
    table: 'etherType' | 'vlan' | 'protocol' | 'nextHeader' | 'icmp' | 'tcpFlags',
    field: number,
    place: number,
  ): number {
    return (this.#asked >>> field) & 1 ? this.#tables[(tablesLayout[table] >> 1) + place]! : 0;
  }

  #portClass(field: number, end: number, port: number): number {
    if (((this.#asked >>> field) & 1) === 0) return 0;
    const at =
      port === NO_PORT
        ? (tablesLayout.noPort >> 1) + end
        : (tablesLayout.port >> 1) + end * PORTS + port;
    return this.#tables[at]!;
  }

  #addressClass(view: DataView, field: number, end: number): number {
    if (((this.#asked >>> field) & 1) === 0) return 0;
    const { family, addressOffset } = this.fields;
    if (family === 4) {
      const rank = this.#rankV4(end, view.getUint32(addressOffset + 4 * end));
      return this.#tables[(tablesLayout.v4Class >> 1) + end * RANGES + rank]!;
    }
    if (family === 6) {
      const rank = this.#rankV6(end, view, addressOffset + 16 * end);
      return this.#tables[(tablesLayout.v6Class >> 1) + end * RANGES + rank]!;
    }
    return this.#tables[(tablesLayout.noAddress >> 1) + end]!;
  }

  #rankV4(end: number, address: number): number {
    const borders = (tablesLayout.v4Border >> 2) + end * RANGES;
    let rank = 0;
    for (let bit = this.#words[tablesLayout.v4Bits >> 2]! - 1; bit >= 0; bit--) {
      const middle = rank + (1 << bit);
      if (address >= this.#words[borders + middle]!) rank = middle;
    }
    return rank;
  }

  #rankV6(end: number, view: DataView, at: number): number {
    const borders = (tablesLayout.v6Border >> 2) + 4 * end * RANGES;
    let rank = 0;
    for (let bit = this.#words[tablesLayout.v6Bits >> 2]! - 1; bit >= 0; bit--) {
      const middle = rank + (1 << bit);
      if (!this.#isBelow(view, at, borders + 4 * middle)) rank = middle;
    }
    return rank;
  }

  /** Is the IPv6 address at `at` below a border? Words of a border: 1 0 3 2, the highest first. */
  #isBelow(view: DataView, at: number, border: number): boolean {
    for (let word = 0; word < 4; word++) {
      const ours = view.getUint32(at + 4 * word);
      const theirs = this.#words[border + (word ^ 1)]!;
      if (ours !== theirs) return ours < theirs;
    }
    return false;
  }
}
