/** What is known of an object that nobody closed. Must not refer to the object. */
interface LostObject {
  readonly what: string;
  /** What was opened on it. */
  readonly uses: Set<string>;
}

/**
 * Objects that are collected while open: their memory and queues come back some time, or never.
 * Said once per object, as a process warning, so that the mistake is found; nothing relies on it.
 * An object and all that was opened on it are collected together, so that the first is enough.
 */
const lost = new FinalizationRegistry<LostObject>(({ what, uses }) => {
  const on = uses.size === 0 ? '' : `, with ${[...uses].join(' and ')}`;
  process.emitWarning(`${what} was collected while open${on}`, {
    type: 'FluxWarning',
    code: 'FLUX_LEAKED',
    detail: 'call close(): the garbage collector may come late or never, and the queue stays taken',
  });
});

/** A root of the tree of resources, as long as it is open. */
export class LeakGuard {
  readonly #facts: LostObject;

  constructor(object: object, what: string) {
    this.#facts = { what, uses: new Set() };
    lost.register(object, this.#facts, this);
  }

  /** For the warning: `eth0 queue 0`. */
  uses(what: string): void {
    this.#facts.uses.add(what);
  }

  closed(): void {
    lost.unregister(this);
  }
}
