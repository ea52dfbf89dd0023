/**
 * Options of pcapng blocks (draft-ietf-opsawg-pcapng, section 3.5): code, length, value, padded to
 * four bytes; code 0 ends the list, as the end of the block does.
 */

import type { CaptureOption } from './capture.js';
import { damaged } from './damage.js';

export const OPTION_END = 0;
export const OPTION_COMMENT = 1;
export const OPTION_HEADER_LENGTH = 4;

const NO_OPTIONS: readonly CaptureOption[] = Object.freeze([]);
const NO_TEXTS: readonly string[] = Object.freeze([]);
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** The place of bytes of a block in memory and, for errors, in the capture. */
export interface BlockBytes {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly littleEndian: boolean;
  /** Place in the capture of byte 0 of `bytes`. */
  readonly base: number;
}

export function padded(length: number): number {
  return (length + 3) & ~3;
}

/** Reads the options from `start` to `end`. */
export function readOptions(block: BlockBytes, start: number, end: number): OptionReader {
  if (start === end) return new OptionReader(block, NO_OPTIONS);
  const options: CaptureOption[] = [];
  for (let at = start; at < end; ) {
    if (end - at < OPTION_HEADER_LENGTH) throw damaged(block.base + at, 'an option has no room');
    const code = block.view.getUint16(at, block.littleEndian);
    const length = block.view.getUint16(at + 2, block.littleEndian);
    if (code === OPTION_END) break;
    const value = at + OPTION_HEADER_LENGTH;
    if (length > end - value) {
      throw damaged(
        block.base + at,
        `option ${code} has ${length} bytes and its block ${end - value}`,
      );
    }
    options.push({ code, value: block.bytes.subarray(value, value + length) });
    at = value + padded(length);
  }
  return new OptionReader(block, options);
}

/** Takes out options that have a field of their own; `rest` is what is left. */
export class OptionReader {
  rest: readonly CaptureOption[];
  readonly #block: BlockBytes;

  constructor(block: BlockBytes, options: readonly CaptureOption[]) {
    this.#block = block;
    this.rest = options;
  }

  texts(code: number): readonly string[] {
    if (this.rest.length === 0) return NO_TEXTS;
    return this.#take(code, true).map(({ value }) => decoder.decode(value));
  }

  text(code: number): string | undefined {
    const [option] = this.#take(code, false);
    return option && decoder.decode(option.value);
  }

  /** An unsigned integer; of 8 bytes, a signed one if asked. */
  number(code: number, size: 1 | 4 | 8, signed = false): number | undefined {
    const [option] = this.#take(code, false);
    if (option === undefined) return undefined;
    const { value } = option;
    const at = value.byteOffset - this.#block.bytes.byteOffset;
    if (value.length !== size) {
      throw damaged(
        this.#block.base + at - OPTION_HEADER_LENGTH,
        `option ${code} has ${value.length} bytes; it must have ${size}`,
      );
    }
    const { view, littleEndian } = this.#block;
    if (size === 1) return view.getUint8(at);
    if (size === 4) return view.getUint32(at, littleEndian);
    const high = view.getUint32(littleEndian ? at + 4 : at, littleEndian);
    const low = view.getUint32(littleEndian ? at : at + 4, littleEndian);
    return (signed ? high | 0 : high) * 2 ** 32 + low;
  }

  /** All of that code or the first; options that may occur once keep their repetitions in `rest`. */
  #take(code: number, all: boolean): CaptureOption[] {
    const taken: CaptureOption[] = [];
    const left: CaptureOption[] = [];
    for (const option of this.rest) {
      if (option.code === code && (all || taken.length === 0)) taken.push(option);
      else left.push(option);
    }
    if (taken.length > 0) this.rest = left;
    return taken;
  }
}

export function textOption(code: number, text: string): CaptureOption {
  return { code, value: encoder.encode(text) };
}

/** An integer of 1, 4 or 8 bytes. */
export function numberOption(
  code: number,
  size: 1 | 4 | 8,
  number: number,
  littleEndian: boolean,
): CaptureOption {
  const value = new Uint8Array(size);
  const view = new DataView(value.buffer);
  if (size === 1) view.setUint8(0, number);
  else if (size === 4) view.setUint32(0, number, littleEndian);
  else {
    view.setUint32(littleEndian ? 0 : 4, number % 2 ** 32, littleEndian);
    view.setUint32(littleEndian ? 4 : 0, Math.floor(number / 2 ** 32), littleEndian);
  }
  return { code, value };
}
