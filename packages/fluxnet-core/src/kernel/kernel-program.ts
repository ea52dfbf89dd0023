import type { AttachMode, Program, ProgramCounters, ProgramOptions } from '../contract/program.js';
import type { Socket } from '../contract/socket.js';
import { isFluxError } from '../errors.js';
import { Resource } from '../resource.js';
import { readIfindex, readProgram } from './interface-facts.js';
import type { KernelSocket } from './kernel-socket.js';
import type { Native, NativeProgram } from './native.js';
import { type Answer, attempt } from './system-error.js';

/** Slots of the program's counters (native/bpf/redirect.h). */
const REDIRECTED = 0;
const PASSED = 1;

/** The redirect program, attached by a link that dies with the process. */
export class KernelProgram extends Resource implements Program {
  readonly handle: NativeProgram;
  readonly ifname: string;
  readonly ifindex: number;
  readonly id: number;
  readonly attachMode: AttachMode;
  readonly #native: Native;

  constructor(native: Native, options: ProgramOptions) {
    super();
    this.#native = native;
    this.ifname = options.ifname;
    this.ifindex = readIfindex(native, options.ifname);
    this.handle = attempt(
      {
        doing: 'load the XDP program',
        answers: {
          EINVAL: { code: 'FLUX_PROGRAM_REJECTED' },
          E2BIG: { code: 'FLUX_PROGRAM_REJECTED' },
        },
      },
      () => new native.Program(options.maxQueues),
    );
    try {
      this.attachMode = this.#attach(options.attachMode);
    } catch (error) {
      this.handle.close();
      throw error;
    }
    this.id = this.handle.id();
  }

  #attach(wanted: AttachMode | 'auto'): AttachMode {
    if (wanted !== 'auto') return this.#attachAs(wanted);
    try {
      return this.#attachAs('native');
    } catch (error) {
      // Another program or a missing right is no reason to take the slow mode.
      if (isFluxError(error, 'FLUX_PROGRAM_CONFLICT') || isFluxError(error, 'FLUX_PERMISSION')) {
        throw error;
      }
      return this.#attachAs('generic');
    }
  }

  #attachAs(mode: AttachMode): AttachMode {
    const conflict = () => this.#conflict();
    attempt(
      {
        doing: `attach to ${this.ifname} in ${mode} mode`,
        context: { ifname: this.ifname, attachMode: mode },
        answers: {
          EBUSY: conflict,
          EEXIST: conflict,
          EOPNOTSUPP: {
            code: 'FLUX_UNSUPPORTED',
            hint: `the driver has no ${mode} XDP; use attachMode: 'auto'`,
          },
        },
      },
      () => this.handle.attach(this.ifindex, mode === 'generic'),
    );
    return mode;
  }

  #conflict(): Answer {
    const found = readProgram(this.#native, this.ifname);
    const who =
      found === undefined
        ? 'another program'
        : `program ${found.id}${found.name ? ` (${found.name})` : ''}, ${found.mode} mode,`;
    return {
      code: 'FLUX_PROGRAM_CONFLICT',
      hint: `${who} is attached to ${this.ifname}; stop its owner, or: ip link set dev ${this.ifname} xdp off`,
    };
  }

  setSocket(socket: Socket): void {
    this.assertOpen();
    const { handle, queue } = socket as KernelSocket;
    attempt({ doing: `send the frames of queue ${queue.queueId} to its socket` }, () =>
      this.handle.setSocket(queue.queueId, handle),
    );
  }

  clearSocket(queueId: number): void {
    this.assertOpen();
    attempt({ doing: `clear the socket of queue ${queueId}` }, () =>
      this.handle.clearSocket(queueId),
    );
  }

  counters(): ProgramCounters {
    this.assertOpen();
    return attempt({ doing: 'read the counters' }, () => ({
      redirected: this.handle.counter(REDIRECTED),
      passed: this.handle.counter(PASSED),
    }));
  }

  protected override release(): void {
    this.handle.close();
  }
}
