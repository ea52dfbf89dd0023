/**
 * The bytes of a capture that were pushed and not read yet. Chunks are not copied, except for what
 * straddles two of them.
 */
export class ByteQueue {
  /** The chunk being read; what `require` asked for is in it, from `at` on. */
  bytes: Uint8Array = new Uint8Array(0);
  view: DataView = new DataView(this.bytes.buffer);
  at = 0;
  /** Bytes that are there. */
  length = 0;
  /** Place of `at` in the whole capture. */
  position = 0;
  readonly #later: Uint8Array[] = [];

  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.length += chunk.length;
    if (this.at === this.bytes.length && this.#later.length === 0) this.#read(chunk);
    else this.#later.push(chunk);
  }

  /** Brings the next `count` bytes together. False when there are not that many yet. */
  require(count: number): boolean {
    if (this.at + count <= this.bytes.length) return true;
    if (count > this.length) return false;
    this.#join(count);
    return true;
  }

  /** Goes past bytes that `require` brought together. */
  skip(count: number): void {
    this.at += count;
    this.length -= count;
    this.position += count;
    if (this.at === this.bytes.length && this.#later.length > 0) this.#read(this.#later.shift()!);
  }

  #join(count: number): void {
    const joined = new Uint8Array(count);
    joined.set(this.bytes.subarray(this.at));
    let filled = this.bytes.length - this.at;
    let used = 0;
    while (filled < count) {
      const chunk = this.#later[used]!;
      const taken = Math.min(chunk.length, count - filled);
      joined.set(chunk.subarray(0, taken), filled);
      filled += taken;
      if (taken === chunk.length) used++;
      else this.#later[used] = chunk.subarray(taken);
    }
    this.#later.splice(0, used);
    this.#read(joined);
  }

  #read(chunk: Uint8Array): void {
    this.bytes = chunk;
    this.view = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    this.at = 0;
  }
}
