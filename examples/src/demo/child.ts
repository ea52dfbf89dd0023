import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { FluxError } from 'fluxnet';

/**
 * A part of the demonstration in a process of its own, inside a namespace. Messages go over
 * Node's IPC channel: requests `{ask}` are answered by `{answer}`; anything else is an event.
 */
export class Child {
  readonly name: string;
  /** Rejects when the process ends without being told to. */
  readonly failure: Promise<never>;
  readonly #process: ChildProcess;
  readonly #exited: Promise<void>;
  #closing = false;

  /** @param script built file beside this one, such as `server-process.js` */
  constructor(name: string, namespace: string, script: string, onEvent?: (event: unknown) => void) {
    this.name = name;
    const file = fileURLToPath(new URL(script, import.meta.url));
    this.#process = spawn('ip', ['netns', 'exec', namespace, process.execPath, file], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` },
    });
    this.#process.on('message', (message: { answer?: string; event?: unknown }) => {
      if ('event' in message) onEvent?.(message.event);
    });
    this.#exited = new Promise((resolve) => this.#process.once('exit', () => resolve()));
    this.failure = new Promise((_, reject) => {
      const fail = (reason: string, cause?: unknown) => {
        if (this.#closing) return;
        reject(
          new FluxError('FLUX_SYSCALL', `the ${name} process ${reason}`, {
            cause,
            hint: 'see what it printed above',
          }),
        );
      };
      this.#process.once('error', (error) => fail(`did not start: ${error.message}`, error));
      this.#process.once('exit', (code, signal) => fail(`ended (${signal ?? `exit ${code}`})`));
    });
    this.failure.catch(() => {}); // Watched through `ask` and by the run itself.
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** Sends a request and waits for its answer, or for the end of the process. */
  async ask<T>(request: string, timeoutMs: number): Promise<T> {
    const over = new AbortController();
    try {
      const answer = this.#answer<T>(request, over.signal);
      this.#process.send({ ask: request }, () => {}); // A failure shows as the end of the process.
      return await Promise.race([
        answer,
        this.#noAnswer(request, timeoutMs, over.signal),
        this.failure,
      ]);
    } finally {
      over.abort();
    }
  }

  #answer<T>(request: string, signal: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      const listener = (message: { answer?: string; value?: T; error?: string }) => {
        if (message.answer !== request) return;
        if (message.error === undefined) resolve(message.value as T);
        else reject(new FluxError('FLUX_SYSCALL', `the ${this.name} process: ${message.error}`));
      };
      this.#process.on('message', listener);
      signal.addEventListener('abort', () => this.#process.off('message', listener));
    });
  }

  async #noAnswer(request: string, timeoutMs: number, signal: AbortSignal): Promise<never> {
    await sleep(timeoutMs, undefined, { signal });
    throw new FluxError(
      'FLUX_SYSCALL',
      `the ${this.name} process did not answer '${request}' within ${timeoutMs} ms`,
    );
  }

  /** Ends the process: it exits when its channel closes; after two seconds it is killed. */
  async close(): Promise<void> {
    this.#closing = true;
    if (this.#process.connected) this.#process.disconnect();
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), 2000);
    if (this.#process.exitCode === null && this.#process.signalCode === null) await this.#exited;
    clearTimeout(timer);
  }
}
