// @ts-check

/**
 * @typedef {Pick<NodeJS.WriteStream, 'write' | 'isTTY' | 'columns'>} Output
 */

const TICK_MS = 100;

/** Lines the times up below each other. */
const NAME_WIDTH = 34;

/** Tells on one stream what set-up is doing: a running clock on a terminal, plain lines elsewhere. */
export class Progress {
  #out;
  #colour;

  /**
   * @param {Output} out
   * @param {NodeJS.ProcessEnv} [env]
   */
  constructor(out, env = process.env) {
    this.#out = out;
    this.#colour = Boolean(out.isTTY) && !env.NO_COLOR;
  }

  /** @param {string} text */
  note(text) {
    this.#out.write(`${text}\n`);
  }

  /**
   * Shows a piece of work while it runs and how long it took.
   * @template T
   * @param {string} name
   * @param {() => Promise<T>} work
   * @returns {Promise<T>}
   */
  async run(name, work) {
    const started = performance.now();
    const stop = this.#announce(name, started);
    try {
      const result = await work();
      stop();
      this.#finish('✓', 32, name, started);
      return result;
    } catch (error) {
      stop();
      this.#finish('✗', 31, name, started);
      throw error;
    }
  }

  /**
   * @param {string} name
   * @param {number} started
   * @returns {() => void} ends the announcement
   */
  #announce(name, started) {
    if (!this.#out.isTTY) {
      this.note(`… ${name}`);
      return () => {};
    }
    const draw = () => this.#out.write(`\r\x1b[K… ${name}  ${since(started)}`);
    draw();
    const timer = setInterval(draw, TICK_MS);
    return () => {
      clearInterval(timer);
      this.#out.write('\r\x1b[K');
    };
  }

  /**
   * @param {string} mark
   * @param {number} colour
   * @param {string} name
   * @param {number} started
   */
  #finish(mark, colour, name, started) {
    const sign = this.#colour ? `\x1b[${colour}m${mark}\x1b[0m` : mark;
    this.note(`${sign} ${name.padEnd(NAME_WIDTH)} ${since(started)}`);
  }
}

/** @param {number} started */
function since(started) {
  return `${((performance.now() - started) / 1000).toFixed(1)} s`;
}
