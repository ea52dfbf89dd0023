/** How likely a frame meets with each misfortune, 0 to 1. Left out is 0. */
export interface FaultRates {
  /** Lost. */
  readonly drop?: number;
  /** Arrives twice. */
  readonly duplicate?: number;
  /** One bit is another. */
  readonly corrupt?: number;
  /** Cut to a length of 1 to one byte less. */
  readonly truncate?: number;
  /** Arrives after the next one, or after `reorderHoldMs`. */
  readonly reorder?: number;
  /** Arrives later by up to `maxDelayMs`, and may be overtaken. */
  readonly delay?: number;
  /** Default 1. */
  readonly maxDelayMs?: number;
  /** Default 1. */
  readonly reorderHoldMs?: number;
}

/** How often each of them struck. */
export interface FaultCounters {
  readonly dropped: number;
  readonly duplicated: number;
  readonly corrupted: number;
  readonly truncated: number;
  readonly reordered: number;
  readonly delayed: number;
}

/** Takes a frame on; `delayNs` later. The bytes are only good during the call. */
export type Emit = (bytes: Uint8Array, offset: number, length: number, delayNs: number) => void;

/** Misfortunes of frames on one way, by chance of a seed. */
export class FrameFaults {
  readonly #rates: FaultRates;
  readonly #random: () => number;
  readonly #after: (delayNs: number, run: () => void) => void;
  #held: { readonly bytes: Uint8Array; readonly copies: number; readonly emit: Emit } | undefined;
  readonly counters = {
    dropped: 0,
    duplicated: 0,
    corrupted: 0,
    truncated: 0,
    reordered: 0,
    delayed: 0,
  };

  constructor(
    rates: FaultRates,
    random: () => number,
    after: (delayNs: number, run: () => void) => void,
  ) {
    this.#rates = rates;
    this.#random = random;
    this.#after = after;
  }

  apply(bytes: Uint8Array, offset: number, length: number, emit: Emit): void {
    const { counters } = this;
    const rates = this.#rates;
    if (this.#strikes(rates.drop)) {
      counters.dropped++;
      return;
    }
    const frame = bytes.slice(offset, offset + length);
    let left = length;
    if (this.#strikes(rates.corrupt)) {
      counters.corrupted++;
      const bit = Math.floor(this.#random() * length * 8);
      frame[bit >> 3]! ^= 1 << (bit & 7);
    }
    if (length > 1 && this.#strikes(rates.truncate)) {
      counters.truncated++;
      left = 1 + Math.floor(this.#random() * (length - 1));
    }
    const copies = this.#strikes(rates.duplicate) ? 2 : 1;
    if (copies === 2) counters.duplicated++;
    let delayNs = 0;
    if (this.#strikes(rates.delay)) {
      counters.delayed++;
      delayNs = Math.ceil(this.#random() * (rates.maxDelayMs ?? 1) * 1e6);
    }
    if (delayNs === 0 && this.#held === undefined && this.#strikes(rates.reorder)) {
      this.#hold(frame.slice(0, left), copies, emit);
      return;
    }
    for (let i = 0; i < copies; i++) emit(frame, 0, left, delayNs);
    this.#letGo();
  }

  #strikes(rate = 0): boolean {
    return rate > 0 && this.#random() < rate;
  }

  #hold(bytes: Uint8Array, copies: number, emit: Emit): void {
    this.counters.reordered++;
    const held = { bytes, copies, emit };
    this.#held = held;
    this.#after((this.#rates.reorderHoldMs ?? 1) * 1e6, () => {
      if (this.#held === held) this.#letGo();
    });
  }

  #letGo(): void {
    const held = this.#held;
    this.#held = undefined;
    if (held === undefined) return;
    for (let i = 0; i < held.copies; i++) held.emit(held.bytes, 0, held.bytes.length, 0);
  }
}
