import type { WriteStream } from 'node:tty';

/** Draws a block of lines over the one before, on a terminal. Nothing is drawn elsewhere. */
export class Screen {
  readonly #stream: WriteStream;
  readonly #live: boolean;
  readonly #colour: boolean;
  #drawn = 0;

  constructor(stream: WriteStream, live: boolean) {
    this.#stream = stream;
    this.#live = live && stream.isTTY === true;
    this.#colour = this.#live && (process.env.NO_COLOR ?? '') === '';
  }

  draw(lines: readonly string[]): void {
    if (!this.#live) return;
    // A terminal may say that it has no size.
    const columns = this.#stream.columns || 80;
    const rows = this.#stream.rows || 24;
    // A line that wraps, or a block taller than the screen, could not be drawn over.
    const shown = lines.slice(0, rows - 1).map((line) => line.slice(0, columns));
    if (this.#colour && shown.length > 0) shown[0] = `\u001b[1m${shown[0]}\u001b[22m`;
    const up = this.#drawn > 0 ? `\u001b[${this.#drawn}A` : '';
    this.#stream.write(`${up}\u001b[J${shown.join('\n')}\n`);
    this.#drawn = shown.length;
  }

  /** Writes lines that stay. */
  print(lines: readonly string[]): void {
    this.#drawn = 0;
    this.#stream.write(`${lines.join('\n')}\n`);
  }
}
