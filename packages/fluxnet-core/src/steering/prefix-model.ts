import type { LoadPrefixesOptions } from '../contract/steering.js';
import { FluxError } from '../errors.js';
import { addressBits, parsePrefix } from './prefix.js';

export type PrefixVerdict = 'block' | 'allow';

/** The prefix tries of the steering program, one hash table per family and length. */
export class PrefixModel {
  readonly #maxPrefixes: number;
  readonly #families = { 4: new Map<number, Table>(), 6: new Map<number, Table>() };
  readonly #counts = { 4: 0, 6: 0 };

  constructor(maxPrefixes: number) {
    this.#maxPrefixes = maxPrefixes;
  }

  async put(
    prefixes: Iterable<string>,
    verdict: PrefixVerdict,
    options?: LoadPrefixesOptions,
  ): Promise<number> {
    return this.#each(prefixes, options, (family, length, address) => {
      const tables = this.#families[family];
      const table: Table = tables.get(length) ?? new Map();
      tables.set(length, table);
      if (!table.has(address)) {
        if (this.#counts[family] === this.#maxPrefixes) throw full(this.#maxPrefixes);
        this.#counts[family]++;
      }
      table.set(address, verdict);
    });
  }

  async remove(prefixes: Iterable<string>, options?: LoadPrefixesOptions): Promise<number> {
    let removed = 0;
    this.#each(prefixes, options, (family, length, address) => {
      if (this.#families[family].get(length)?.delete(address) !== true) return;
      this.#counts[family]--;
      removed++;
    });
    return removed;
  }

  /** The verdict of the most specific prefix of the address at `at`. */
  lookUp(family: 4 | 6, view: DataView, at: number): PrefixVerdict | undefined {
    if (this.#counts[family] === 0) return undefined;
    const bits = addressBits[family];
    const address =
      family === 4
        ? BigInt(view.getUint32(at))
        : (view.getBigUint64(at) << 64n) | view.getBigUint64(at + 8);
    for (let length = bits; length >= 0; length--) {
      const table = this.#families[family].get(length);
      if (table === undefined || table.size === 0) continue;
      const found = table.get((address >> BigInt(bits - length)) << BigInt(bits - length));
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #each(
    prefixes: Iterable<string>,
    { onProgress, signal }: LoadPrefixesOptions = {},
    carryOut: (family: 4 | 6, length: number, address: bigint) => void,
  ): number {
    let done = 0;
    for (const text of prefixes) {
      signal?.throwIfAborted();
      const { family, address, length } = parsePrefix(`prefixes[${done}]`, text);
      carryOut(family, length, address);
      done++;
    }
    onProgress?.(done);
    return done;
  }
}

type Table = Map<bigint, PrefixVerdict>;

function full(maxPrefixes: number): FluxError {
  return new FluxError('FLUX_STEERING_CAPACITY', 'could not add prefixes', {
    hint: 'open the program with a larger maxPrefixes',
    context: { maxPrefixes },
  });
}
