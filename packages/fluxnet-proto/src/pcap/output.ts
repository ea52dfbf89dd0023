/** Takes bytes of a capture as they become ready, in order. They are its own to keep. */
export type CaptureSink = (bytes: Uint8Array) => void;

const BUFFER_LENGTH = 64 * 1024;

/** Collects what a writer writes and hands it on in large pieces. */
export class Output {
  readonly littleEndian: boolean;
  readonly #sink: CaptureSink;
  #bytes = new Uint8Array(BUFFER_LENGTH);
  #view = new DataView(this.#bytes.buffer);
  #at = 0;

  constructor(sink: CaptureSink, littleEndian: boolean) {
    this.#sink = sink;
    this.littleEndian = littleEndian;
  }

  /** Makes room for `length` bytes, all of which must then be written. */
  reserve(length: number): void {
    if (this.#at + length <= this.#bytes.length) return;
    this.flush();
    if (length > this.#bytes.length) this.#allocate(length);
  }

  u8(value: number): void {
    this.#bytes[this.#at++] = value;
  }

  u16(value: number): void {
    this.#view.setUint16(this.#at, value, this.littleEndian);
    this.#at += 2;
  }

  u32(value: number): void {
    this.#view.setUint32(this.#at, value, this.littleEndian);
    this.#at += 4;
  }

  /** Writes bytes and zeros up to the next multiple of `align`. */
  copy(from: Uint8Array, offset: number, length: number, align = 1): void {
    const whole = offset === 0 && length === from.length;
    this.#bytes.set(whole ? from : from.subarray(offset, offset + length), this.#at);
    this.#at += length;
    for (let left = length % align; left > 0 && left < align; left++) this.u8(0);
  }

  /** Hands on what was written since the last time. */
  flush(): void {
    if (this.#at === 0) return;
    const bytes = this.#bytes.subarray(0, this.#at);
    this.#allocate(BUFFER_LENGTH);
    this.#sink(bytes);
  }

  #allocate(length: number): void {
    this.#bytes = new Uint8Array(length);
    this.#view = new DataView(this.#bytes.buffer);
    this.#at = 0;
  }
}
