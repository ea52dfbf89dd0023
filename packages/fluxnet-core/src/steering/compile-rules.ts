import { FluxError } from '../errors.js';
import { invalid } from '../options.js';
import { Bitmaps, type Classified, classify } from './bitmaps.js';
import { type Constraints, constraintsOf } from './constraints.js';
import {
  actionNumbers,
  DETAIL_TCP_FLAGS,
  Field,
  MAX_RULES,
  MAX_SAMPLING_RULES,
  NO_PORT,
  RANGES,
  tablesLayout,
} from './layout.js';
import type { SteeringAction, SteeringRule } from './rule.js';

const LOW_HALF = 0xffff_ffff_ffff_ffffn;

/** A rule list in the form that the program and the evaluator read (native/bpf/steering.h). */
export interface CompiledRules {
  /** `struct fluxnet_tables` */
  readonly tables: Uint8Array;
  /** `struct fluxnet_bitmap` of every class. */
  readonly bitmaps: Uint8Array;
  readonly classCount: number;
}

/**
 * Checks rules and compiles them. An empty list takes the default action for every packet.
 * @throws {FluxError} `FLUX_INVALID_OPTION`, `FLUX_UNKNOWN_OPTION`, `FLUX_STEERING_CAPACITY`
 */
export function compileRules(
  rules: readonly SteeringRule[],
  defaultAction: SteeringAction,
): CompiledRules {
  if (!Array.isArray(rules) || rules.length > MAX_RULES) {
    throw invalid('rules', rules?.length, `a list of up to ${MAX_RULES} rules`);
  }
  const constraints = rules.map((rule, index) => constraintsOf(`rules[${index}]`, rule));
  const sampling = rules.filter(({ sample = 1 }) => sample > 1).length;
  if (sampling > MAX_SAMPLING_RULES) {
    throw invalid('rules', `${sampling} that sample`, `up to ${MAX_SAMPLING_RULES} that sample`);
  }
  const bitmaps = new Bitmaps(rules.length);
  const tables = new Tables(constraints, bitmaps);
  tables.writeRules(rules, defaultAction);
  return {
    tables: tables.bytes,
    bitmaps: bitmaps.toBytes(),
    classCount: bitmaps.count,
  };
}

class Tables {
  readonly bytes = new Uint8Array(tablesLayout.size);
  readonly #view = new DataView(this.bytes.buffer);
  readonly #constraints: readonly Constraints[];
  readonly #bitmaps: Bitmaps;
  #fields = 0;

  constructor(constraints: readonly Constraints[], bitmaps: Bitmaps) {
    this.#constraints = constraints;
    this.#bitmaps = bitmaps;
    const places = (name: keyof Constraints['places']) => {
      const rangesOf = constraints.map((constraint) => constraint.places[name]);
      if (rangesOf.every((ranges) => ranges === undefined)) return undefined;
      this.#fields |= 1 << Field[name];
      return classify(bitmaps, 0, rangesOf);
    };
    this.#fill('etherType', 65536, places('etherType'));
    this.#fill('vlan', 8192, places('vlan'));
    this.#fill('protocol', 2048, places('protocol'));
    this.#fill('nextHeader', 512, places('nextHeader'));
    const detail = places('detail');
    this.#fill('icmp', 65536, detail);
    this.#fill('tcpFlags', 512, detail, DETAIL_TCP_FLAGS);
    (['srcPort', 'dstPort'] as const).forEach((name, end) => {
      const ports = places(name);
      this.#fill('port', NO_PORT, ports, 0, end * NO_PORT);
      this.#fill('noPort', 1, ports, NO_PORT, end);
    });
    const ends = (['src', 'dst'] as const).map((name, end) => this.#addresses(name, end));
    const v4Bits = searchBits(ends.map((classified) => classified?.v4));
    const v6Bits = searchBits(ends.map((classified) => classified?.v6));
    ends.forEach((classified, end) => {
      if (classified === undefined) return;
      this.#writeBorders(classified.v4, v4Bits, tablesLayout.v4Class, end, (rank, border) => {
        const at = tablesLayout.v4Border + 4 * (end * RANGES + rank);
        this.#view.setUint32(at, border ?? 0xffff_ffff, true);
      });
      this.#writeBorders(classified.v6, v6Bits, tablesLayout.v6Class, end, (rank, border) => {
        const at = tablesLayout.v6Border + 16 * (end * RANGES + rank);
        this.#view.setBigUint64(at, border === undefined ? LOW_HALF : border >> 64n, true);
        this.#view.setBigUint64(at + 8, (border ?? LOW_HALF) & LOW_HALF, true);
      });
    });
    this.#view.setUint32(tablesLayout.fields, this.#fields, true);
    this.#view.setUint32(tablesLayout.v4Bits, v4Bits, true);
    this.#view.setUint32(tablesLayout.v6Bits, v6Bits, true);
  }

  writeRules(rules: readonly SteeringRule[], defaultAction: SteeringAction): void {
    this.#view.setUint32(tablesLayout.ruleCount, rules.length, true);
    this.#view.setUint32(tablesLayout.defaultAction, actionNumbers[defaultAction], true);
    rules.forEach(({ action, sample = 1 }, index) => {
      const at = tablesLayout.rules + 8 * index;
      this.#view.setUint32(at, actionNumbers[action], true);
      this.#view.setUint32(at + 4, sample, true);
    });
  }

  /** Writes the classes of `count` places from `first` on to a table, from entry `entry` on. */
  #fill(
    table:
      | 'etherType'
      | 'vlan'
      | 'protocol'
      | 'nextHeader'
      | 'icmp'
      | 'tcpFlags'
      | 'port'
      | 'noPort',
    count: number,
    classified: Classified<number> | undefined,
    first = 0,
    entry = 0,
  ): void {
    if (classified === undefined) return;
    const { borders, classes } = classified;
    const out = new Uint16Array(this.bytes.buffer, tablesLayout[table] + 2 * entry, count);
    borders.forEach((border, index) => {
      const from = Math.max(border - first, 0);
      const to = Math.min((borders[index + 1] ?? Infinity) - first, count);
      if (from < to) out.fill(classes[index]!, from, to);
    });
  }

  #addresses(name: 'src' | 'dst', end: number) {
    const asked = this.#constraints.map((constraint) => constraint[name]);
    if (asked.every((ranges) => ranges === undefined)) return undefined;
    this.#fields |= 1 << Field[name];
    const none = this.#bitmaps.bitmapOf((rule) => asked[rule] === undefined);
    this.#view.setUint16(tablesLayout.noAddress + 2 * end, this.#bitmaps.classOf(none), true);
    const v4 = asked.map((ranges) => ranges?.[4]);
    const v6 = asked.map((ranges) => ranges?.[6]);
    return {
      v4: within(classify(this.#bitmaps, 0, v4), 2 ** 32),
      v6: within(classify(this.#bitmaps, 0n, v6), 2n ** 128n),
    };
  }

  /**
   * Borders and their classes as far as a search of so many bits looks, which behind the last one
   * finds the highest address there is, and the last class again.
   */
  #writeBorders<T extends number | bigint>(
    { borders, classes }: Classified<T>,
    bits: number,
    classOffset: number,
    end: number,
    write: (rank: number, border: T | undefined) => void,
  ): void {
    const out = new Uint16Array(this.bytes.buffer, classOffset + 2 * end * RANGES, RANGES);
    for (let rank = 0; rank < 1 << bits; rank++) {
      write(rank, borders[rank]);
      out[rank] = classes[Math.min(rank, borders.length - 1)]!;
    }
  }
}

/** Without the border behind the highest address. @throws {FluxError} `FLUX_STEERING_CAPACITY` */
function within<T extends number | bigint>(
  { borders, classes }: Classified<T>,
  limit: T,
): Classified<T> {
  const inside = borders.filter((border) => border < limit);
  if (inside.length <= RANGES) return { borders: inside, classes };
  throw new FluxError(
    'FLUX_STEERING_CAPACITY',
    `the addresses of the rules make ${inside.length} ranges, ${RANGES} is the most`,
    { hint: 'put large lists into a prefix set: steering.block(prefixes)' },
  );
}

/** Steps of a search over so many borders; the program has one number for both ends. */
function searchBits(ends: readonly (Classified<number | bigint> | undefined)[]): number {
  return Math.ceil(Math.log2(Math.max(...ends.map((end) => end?.borders.length ?? 1))));
}
