import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { FluxError } from 'fluxnet';
import { toolEnvironment } from './run-tool.js';

/** What a contender did between `start` and `stop`. Programs may say more than this. */
export interface SliceReport {
  readonly elapsedNs: number;
  readonly packets: number;
  readonly bytes: number;
  readonly userNs: number;
  readonly systemNs: number;
}

export interface ContenderOptions {
  /** How error messages call it. */
  readonly name: string;
  readonly command: readonly string[];
  /** The network namespace to run in. Default: that of this process. */
  readonly namespace?: string;
  /** The only CPU it may use. Default: any. */
  readonly cpu?: number | undefined;
}

const ANSWER_MS = 10_000;
const CLOSE_MS = 2000;
const FIELDS = ['elapsedNs', 'packets', 'bytes', 'userNs', 'systemNs'] as const;

interface Answer {
  readonly event?: string;
}

/**
 * A long-lived process that works when it is told to. Commands go to its standard input, one per
 * line; each is answered by one line of JSON: `{event: 'ready'}` after its start, then `start` by
 * `{event: 'started'}` and `stop` by `{event: 'report', …}`. It ends when its input does.
 */
export class Contender {
  readonly name: string;
  /** The modes that really hold, as the process says them. */
  readonly modes: Readonly<Record<string, unknown>>;
  readonly #link: Link;

  /** @throws {FluxError} `FLUX_SYSCALL` when the process does not come up */
  static async open(options: ContenderOptions): Promise<Contender> {
    const link = new Link(options);
    try {
      return new Contender(options.name, link, await link.answer('ready'));
    } catch (error) {
      await link.close();
      throw error;
    }
  }

  private constructor(name: string, link: Link, { event: _, ...modes }: Answer) {
    this.name = name;
    this.modes = modes;
    this.#link = link;
  }

  async start(): Promise<void> {
    this.#link.send('start');
    await this.#link.answer('started');
  }

  /** @throws {FluxError} `FLUX_SYSCALL` when it does not answer, or nonsense */
  async stop(): Promise<SliceReport> {
    this.#link.send('stop');
    const report = (await this.#link.answer('report')) as Answer & SliceReport;
    const missing = FIELDS.find((field) => !Number.isFinite(report[field]));
    if (missing === undefined) return report;
    throw new FluxError('FLUX_SYSCALL', `${this.name}: its report has no number ${missing}`);
  }

  /** Ends the process; after two seconds it is killed. Idempotent. */
  close(): Promise<void> {
    return this.#link.close();
  }
}

/** The process and its lines. */
class Link {
  readonly #name: string;
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #exited: Promise<unknown>;
  readonly #lines: string[] = [];
  #complaint = '';
  #end: string | undefined;
  #wake = () => {};

  constructor({ name, command, namespace, cpu }: ContenderOptions) {
    this.#name = name;
    const words = [
      ...(namespace === undefined ? [] : ['ip', 'netns', 'exec', namespace]),
      ...(cpu === undefined ? [] : ['taskset', '-c', String(cpu)]),
      ...command,
    ];
    this.#process = spawn(words[0]!, words.slice(1), { env: toolEnvironment });
    this.#process.stdin.on('error', () => {}); // The end of the process tells.
    this.#process.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#complaint = (this.#complaint + text).slice(-2000);
    });
    createInterface({ input: this.#process.stdout }).on('line', (line) => {
      this.#lines.push(line);
      this.#wake();
    });
    this.#process.once('error', (error) => this.#ended(error.message));
    this.#process.once('close', (code, signal) => this.#ended(signal ?? `exit ${code}`));
    this.#exited = once(this.#process, 'close').catch(() => {});
  }

  send(command: string): void {
    this.#process.stdin.write(`${command}\n`);
  }

  /** The next line, which must be this event. */
  async answer(event: string): Promise<Answer> {
    const limit = performance.now() + ANSWER_MS;
    while (this.#lines.length === 0) {
      const left = limit - performance.now();
      if (this.#end !== undefined) throw this.#error(`ended (${this.#end})`);
      if (left <= 0) throw this.#error(`said nothing within ${ANSWER_MS} ms`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    const line = this.#lines.shift()!;
    const answer = parse(line);
    if (answer?.event === event) return answer;
    throw this.#error(`said ${JSON.stringify(line)} where '${event}' was due`);
  }

  async close(): Promise<void> {
    this.#process.stdin.end();
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), CLOSE_MS);
    await this.#exited;
    clearTimeout(timer);
  }

  #ended(reason: string): void {
    this.#end ??= reason;
    this.#wake();
  }

  #error(what: string): FluxError {
    const complaint = this.#complaint.trim();
    return new FluxError(
      'FLUX_SYSCALL',
      `${this.#name} ${what}${complaint === '' ? '' : `: ${complaint}`}`,
    );
  }
}

function parse(line: string): Answer | undefined {
  try {
    return JSON.parse(line) as Answer;
  } catch {
    return undefined;
  }
}
