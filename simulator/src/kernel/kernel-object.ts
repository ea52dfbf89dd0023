import { closedError } from './failures.js';

/**
 * A node of the tree memory → registration → queue → socket. Closing it closes what was opened
 * on it first, as the contract promises, so objects may be closed in any order.
 */
export abstract class KernelObject {
  readonly #what: string;
  readonly #parent: KernelObject | undefined;
  readonly #children = new Set<KernelObject>();
  #closed = false;

  constructor(what: string, parent: KernelObject | undefined) {
    parent?.ensureOpen();
    this.#what = what;
    this.#parent = parent;
  }

  get closed(): boolean {
    return this.#closed;
  }

  ensureOpen(): void {
    if (this.#closed) throw closedError(this.#what);
  }

  /** Joins the parent. Called last by constructors, when nothing can fail any more. */
  protected adopt(): void {
    if (this.#parent !== undefined) this.#parent.#children.add(this);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const child of [...this.#children].reverse()) child.close();
    if (this.#parent !== undefined) this.#parent.#children.delete(this);
    this.release();
  }

  /** Gives back what this object holds. Runs once, after the children have gone. */
  protected abstract release(): void;
}

/**
 * Makes every view of a buffer read as empty, as unmapping does on the kernel backend. The
 * bytes move to a clone that nobody keeps.
 */
export function detach(buffer: ArrayBuffer): void {
  structuredClone(buffer, { transfer: [buffer] });
}
