import { FluxError } from './errors.js';

/**
 * Something that is closed once, after everything that was opened on it. The tree is memory,
 * registration, queue, socket: closing any of them closes what hangs below it first.
 */
export abstract class Resource {
  readonly #parent: Resource | undefined;
  readonly #children = new Set<Resource>();
  #closed = false;

  constructor(parent?: Resource) {
    parent?.assertOpen();
    this.#parent = parent;
  }

  /** The last step of a constructor: from now on closing the parent closes this. */
  protected opened(): void {
    if (this.#parent !== undefined) this.#parent.#children.add(this);
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** @throws {FluxError} `FLUX_CLOSED` */
  assertOpen(): void {
    if (!this.#closed) return;
    throw new FluxError('FLUX_CLOSED', `the ${this.constructor.name} was closed`, {
      hint: 'open a new one; a closed object cannot be used again',
    });
  }

  /** Closes the children, the newest first, then this. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const child of [...this.#children].reverse()) child.close();
    this.release();
    if (this.#parent !== undefined) this.#parent.#children.delete(this);
  }

  /** Gives back what the object holds. Called once. */
  protected abstract release(): void;
}
