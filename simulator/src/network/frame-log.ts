import { FluxError } from 'fluxnet-core';

/** A frame and when it was there. */
export interface LoggedFrame {
  readonly timeNs: number;
  readonly bytes: Uint8Array;
}

/** The latest frames that went some way, as copies, for a test to look at. */
export class FrameLog {
  readonly #name: string;
  readonly #limit: number;
  #frames: LoggedFrame[] = [];
  #forgotten = 0;

  constructor(name: string, limit: number) {
    this.#name = name;
    this.#limit = limit;
  }

  add(timeNs: number, bytes: Uint8Array, offset: number, length: number): void {
    if (this.#limit === 0) return;
    this.#frames.push({ timeNs, bytes: Uint8Array.from(bytes.subarray(offset, offset + length)) });
    if (this.#frames.length < 2 * this.#limit) return;
    this.#forgotten += this.#frames.length - this.#limit;
    this.#frames = this.#frames.slice(-this.#limit);
  }

  clear(): void {
    this.#frames = [];
    this.#forgotten = 0;
  }

  /** @throws {FluxError} `FLUX_UNSUPPORTED` when some were forgotten: a part would mislead */
  get frames(): readonly LoggedFrame[] {
    const forgotten = this.#forgotten + Math.max(0, this.#frames.length - this.#limit);
    if (this.#limit > 0 && forgotten === 0) return this.#frames;
    const all = forgotten + Math.min(this.#frames.length, this.#limit);
    throw new FluxError('FLUX_UNSUPPORTED', `${this.#name} keeps ${this.#limit} of ${all} frames`, {
      hint: 'raise keepFrames, call clearFrames() in between, or listen to the frames',
      context: { keepFrames: this.#limit, frames: all },
    });
  }
}
