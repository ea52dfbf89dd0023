type Stream = Pick<NodeJS.WriteStream, 'write' | 'isTTY'>;

/** One line that says how far a long case has come: on a terminal only, and gone at the end. */
export class Progress {
  readonly #stream: Stream;

  constructor(stream: Stream) {
    this.#stream = stream;
  }

  show(text: string): void {
    if (this.#stream.isTTY) this.#stream.write(`\r\u001b[K${text}`);
  }

  clear(): void {
    if (this.#stream.isTTY) this.#stream.write('\r\u001b[K');
  }
}
