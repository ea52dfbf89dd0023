import assert from 'node:assert/strict';
import type { Backend } from '../contract/backend.js';
import type { Program, ProgramOptions } from '../contract/program.js';
import { isFluxError } from '../errors.js';
import { retryWhile } from '../retry.js';
import type { ComplianceEnvironment, Machine, Pair, PairOptions } from './environment.js';
import { openPort, openUnbound, type Port, type PortOptions } from './port.js';
import type { TestProgram } from './programs.js';

/** How long a case waits for what must come, however loaded the machine is. */
const PATIENCE_MS = 5000;

/** What a case works with: a machine, and everything opened on it, closed at the end. */
export class Rig {
  readonly environment: ComplianceEnvironment;
  readonly machine: Machine;
  readonly #opened: { close(): void }[] = [];

  constructor(environment: ComplianceEnvironment) {
    this.environment = environment;
    this.machine = environment.start();
  }

  get backend(): Backend {
    return this.machine.backend;
  }

  pair(options: PairOptions = {}): Pair {
    return this.machine.addPair(options);
  }

  /** A bound port. */
  port(ifname: string, options: PortOptions = {}): Port {
    return this.#keepPort(openPort(this.backend, ifname, options));
  }

  unbound(ifname: string, options: PortOptions = {}): Port {
    return this.#keepPort(openUnbound(this.backend, ifname, options));
  }

  /** A bound port on a queue that may have been closed a moment ago. */
  async portAgain(ifname: string, options: PortOptions = {}): Promise<Port> {
    const open = () => openPort(this.backend, ifname, options);
    const port = await this.machine.complete(retryWhile(this.backend.clock, goesAway, open));
    return this.#keepPort(port);
  }

  /** Attaches a program, in the environment's mode, that sends to the port's socket. */
  attach(
    port: Port,
    program: TestProgram = { kind: 'redirect' },
    options: Partial<ProgramOptions> = {},
  ): Program {
    const opened = this.program(port.ifname, program, options);
    opened.setSocket(port.socket);
    return opened;
  }

  program(
    ifname: string,
    program: TestProgram = { kind: 'redirect' },
    options: Partial<ProgramOptions> = {},
  ): Program {
    const { attachMode } = this.environment;
    const source = this.machine.source(program);
    return this.keep(
      this.backend.openProgram({ ifname, attachMode, maxQueues: 4, source, ...options }),
    );
  }

  /** Closes it at the end of the case. */
  keep<T extends { close(): void }>(object: T): T {
    this.#opened.push(object);
    return object;
  }

  sleep(timeMs: number): Promise<void> {
    return this.machine.complete(this.backend.clock.sleep(timeMs));
  }

  /** Waits for what must come. */
  async until(what: string, holds: () => boolean): Promise<void> {
    const { clock } = this.backend;
    const started = clock.now();
    while (!holds()) {
      assert(clock.now() - started < PATIENCE_MS, `${what}: not within ${PATIENCE_MS} ms`);
      await this.sleep(1);
    }
  }

  close(): void {
    try {
      for (const object of this.#opened.splice(0).reverse()) object.close();
    } finally {
      this.machine.end();
    }
  }

  #keepPort(port: Port): Port {
    this.keep(port.memory);
    return port;
  }
}

function goesAway(error: unknown): boolean {
  return isFluxError(error, 'FLUX_QUEUE_BUSY') || isFluxError(error, 'FLUX_MEMLOCK');
}
