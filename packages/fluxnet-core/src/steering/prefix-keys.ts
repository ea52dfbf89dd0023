import { invalid } from '../options.js';
import { addressBits, parsePrefix } from './prefix.js';

/** Bytes of `struct fluxnet_prefix_v4` and `struct fluxnet_prefix_v6`. */
export const prefixKeySize = { 4: 8, 6: 20 } as const;

/**
 * Prefixes of one family as keys of an LPM trie: the length as the machine's 32-bit number, then
 * the address in network order.
 */
export class PrefixKeys {
  readonly family: 4 | 6;
  readonly bytes: Uint8Array;
  #count = 0;
  readonly #view: DataView;

  constructor(family: 4 | 6, capacity: number) {
    this.family = family;
    this.bytes = new Uint8Array(capacity * prefixKeySize[family]);
    this.#view = new DataView(this.bytes.buffer);
  }

  get count(): number {
    return this.#count;
  }

  clear(): void {
    this.#count = 0;
  }

  pushV4(address: number, length: number): void {
    const at = 8 * this.#count++;
    this.#view.setUint32(at, length, true);
    this.#view.setUint32(at + 4, address);
  }

  pushV6(address: bigint, length: number): void {
    const at = 20 * this.#count++;
    this.#view.setUint32(at, length, true);
    this.#view.setBigUint64(at + 4, address >> 64n);
    this.#view.setBigUint64(at + 12, address & 0xffff_ffff_ffff_ffffn);
  }
}

/** @throws {FluxError} `FLUX_INVALID_OPTION` with the prefix's place in the list */
export function pushPrefix(v4: PrefixKeys, v6: PrefixKeys, text: string, index: number): void {
  if (pushPlainV4(v4, text)) return;
  const { family, address, length } = parsePrefix(`prefixes[${index}]`, text);
  if (family === 4) v4.pushV4(Number(address), length);
  else v6.pushV6(address, length);
}

/**
 * `10.0.0.0/8` without objects, since lists of a million are loaded this way. Anything that is not
 * plain is left to `parsePrefix`, which says what is wrong with it.
 */
function pushPlainV4(keys: PrefixKeys, text: unknown): boolean {
  if (typeof text !== 'string') throw invalid('prefixes', text, 'texts such as 10.0.0.0/8');
  let address = 0;
  let part = 0;
  let digits = 0;
  let dots = 0;
  let length = -1;
  for (let i = 0; i <= text.length; i++) {
    const code = i < text.length ? text.charCodeAt(i) : 0x2f;
    if (code >= 0x30 && code <= 0x39) {
      if (digits > 0 && part === 0) return false; // A leading zero means octal to some.
      part = part * 10 + code - 0x30;
      if (++digits > 3) return false;
    } else if (code === 0x2e || code === 0x2f) {
      if (digits === 0 || part > 255) return false;
      if (dots < 4) address = address * 256 + part;
      else length = part;
      if (code === 0x2e ? ++dots > 3 : dots < 3) return false;
      if (code === 0x2f) dots++;
      part = 0;
      digits = 0;
    } else {
      return false;
    }
  }
  // 4: an address; 5: and a length.
  if (dots !== 4 && dots !== 5) return false;
  if (dots === 4) length = addressBits[4];
  if (length > 32 || address % 2 ** (32 - length) !== 0) return false;
  keys.pushV4(address, length);
  return true;
}
