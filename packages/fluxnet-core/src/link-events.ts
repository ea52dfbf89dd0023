import type { Backend } from './contract/backend.js';
import type { LinkEvent, LinkWatch } from './contract/interface.js';
import { FluxError } from './errors.js';
import { checkKeys, invalid } from './options.js';

/** Events that wait for a slow reader. */
const QUEUE_LIMIT = 256;

export interface LinkEventsOptions {
  /** Only this interface, the one that has the name now; ends when it is removed. Default all. */
  readonly ifname?: string | undefined;
  /** Ends the iteration: `next` rejects with `signal.reason`, once. */
  readonly signal?: AbortSignal | undefined;
}

/** Link events, in order. Ends for good with `return()`, which leaving `for await` calls. */
export interface LinkEvents extends AsyncIterableIterator<LinkEvent> {
  /** Events that were thrown away, the oldest first, because more than 256 waited to be read. */
  readonly dropped: number;
  /** As of {@link LinkWatch}. */
  readonly overruns: number;
  return(): Promise<IteratorReturnResult<undefined>>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Link events as an async iterable. It listens from this call on, not from the first `next`, and
 * until it is ended.
 * @throws {FluxError} `FLUX_UNKNOWN_INTERFACE`, `FLUX_UNKNOWN_OPTION`, `FLUX_INVALID_OPTION`;
 * `FLUX_UNSUPPORTED` where the backend has no link events
 */
export function linkEvents(backend: Backend, options: LinkEventsOptions = {}): LinkEvents {
  checkKeys('linkEvents', options, ['ifname', 'signal']);
  const { ifname, signal } = options;
  if (signal !== undefined && !(signal instanceof AbortSignal)) {
    throw invalid('linkEvents.signal', signal, 'an AbortSignal');
  }
  if (backend.watchLinks === undefined) {
    throw new FluxError('FLUX_UNSUPPORTED', `the ${backend.name} backend has no link events`, {
      hint: "look at capabilities().features['link-events'] first",
    });
  }
  return new LinkEventQueue(backend, ifname, signal);
}

type Result = IteratorResult<LinkEvent, undefined>;

interface Reader {
  resolve(result: Result): void;
  reject(reason: unknown): void;
}

const END: IteratorReturnResult<undefined> = { done: true, value: undefined };

class LinkEventQueue implements LinkEvents {
  readonly #watch: LinkWatch;
  readonly #signal: AbortSignal | undefined;
  readonly #ifindex: number | undefined;
  readonly #events: LinkEvent[] = [];
  /** Readers that wait; never any while events wait. */
  readonly #readers: Reader[] = [];
  #ended = false;
  /** An abort that nobody was told yet. */
  #aborted = false;
  #dropped = 0;

  constructor(backend: Backend, ifname: string | undefined, signal: AbortSignal | undefined) {
    this.#signal = signal;
    this.#watch = backend.watchLinks!((event) => this.#push(event));
    try {
      this.#ifindex = ifname === undefined ? undefined : backend.interfaceInfo(ifname).ifindex;
    } catch (error) {
      this.#watch.close();
      throw error;
    }
    signal?.addEventListener('abort', this.#abort, { once: true });
    if (signal?.aborted === true) this.#abort();
  }

  get dropped(): number {
    return this.#dropped;
  }

  get overruns(): number {
    return this.#watch.overruns;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<Result> {
    if (this.#aborted) {
      this.#aborted = false;
      return Promise.reject(this.#signal!.reason);
    }
    const event = this.#events.shift();
    if (event !== undefined) return Promise.resolve({ done: false, value: event });
    if (this.#ended) return Promise.resolve(END);
    return new Promise((resolve, reject) => this.#readers.push({ resolve, reject }));
  }

  return(): Promise<IteratorReturnResult<undefined>> {
    this.#events.length = 0;
    this.#aborted = false;
    this.#end();
    return Promise.resolve(END);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  #push(event: LinkEvent): void {
    if (this.#ifindex !== undefined && event.ifindex !== this.#ifindex) return;
    const reader = this.#readers.shift();
    if (reader !== undefined) {
      reader.resolve({ done: false, value: event });
    } else {
      if (this.#events.length === QUEUE_LIMIT) {
        this.#events.shift();
        this.#dropped++;
      }
      this.#events.push(event);
    }
    if (this.#ifindex !== undefined && event.change === 'removed') this.#end();
  }

  readonly #abort = (): void => {
    this.#events.length = 0;
    const reader = this.#readers.shift();
    if (reader === undefined) this.#aborted = true;
    else reader.reject(this.#signal!.reason);
    this.#end();
  };

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#watch.close();
    this.#signal?.removeEventListener('abort', this.#abort);
    for (const reader of this.#readers.splice(0)) reader.resolve(END);
  }
}
