import type { ExportedToProcess, Shareable, SharedFacts } from '../contract/sharing.js';
import {
  checkBoolean,
  checkInteger,
  checkOneOf,
  checkPowerOfTwo,
  checkString,
  invalid,
} from '../options.js';
import type { Resource } from '../resource.js';
import { KernelMemory } from './kernel-memory.js';
import { KernelProgram } from './kernel-program.js';
import { KernelQueue } from './kernel-queue.js';
import { KernelSocket } from './kernel-socket.js';
import { KernelSpareSockets } from './kernel-spare-sockets.js';
import { KernelUmem } from './kernel-umem.js';
import { loadNative } from './load-native.js';
import type { Native } from './native.js';
import { type Answer, attempt } from './system-error.js';

const KINDS = ['memory', 'umem', 'queue', 'socket', 'program', 'sockets'] as const;
const MAX_RING_SIZE = 65536;
const UINT32_MAX = 2 ** 32 - 1;

/**
 * What other processes have passed to this isolate. An object that is passed several times, by
 * itself or as what others were opened on, is opened once: two sockets over one memory have the
 * same buffer. Every fact is checked; what a descriptor is, the kernel is asked.
 */
class ProcessImports {
  readonly #native: Native;
  /** What may be passed again. Closed ones are forgotten with the next import. */
  readonly #open = new Map<string, Resource>();
  /** Opened by the import that is under way. */
  #fresh: Resource[] = [];

  constructor(native: Native) {
    this.#native = native;
  }

  /**
   * All of them, or none: what was opened for the others is closed when one cannot be. The
   * descriptors are duplicated: those of the caller stay his.
   * @throws {FluxError} `FLUX_FOREIGN_DESCRIPTOR`, `FLUX_INVALID_OPTION`
   */
  importAll(exported: readonly ExportedToProcess[]): Shareable[] {
    for (const [key, object] of this.#open) if (object.closed) this.#open.delete(key);
    this.#fresh = [];
    try {
      return exported.map((object) => this.#import(object));
    } catch (error) {
      for (const object of this.#fresh.reverse()) object.close();
      throw error;
    }
  }

  #import(exported: ExportedToProcess): Shareable {
    const kind = checkOneOf('exported.kind', exported.kind, KINDS);
    const { fds, facts } = exported;
    if (!Array.isArray(fds)) throw invalid('exported.fds', fds, 'an array of descriptors');
    if (facts === null || typeof facts !== 'object') {
      throw invalid('exported.facts', facts, 'an object');
    }
    switch (kind) {
      case 'memory':
        return this.#memory(fds, 1);
      case 'umem':
        return this.#umem(fds, facts, true);
      case 'queue':
        return this.#queue(fds, facts, 2);
      case 'socket':
        return this.#socket(fds, facts);
      case 'program':
        return this.#program(fds, facts);
      case 'sockets':
        return this.#keep(
          new KernelSpareSockets(adopt('spare sockets', () => new this.#native.SpareSockets(fds))),
        );
    }
  }

  #once<T extends Resource>(key: string, open: () => T): T {
    const known = this.#open.get(key);
    if (known !== undefined && !known.closed) return known as T;
    const opened = this.#keep(open());
    this.#open.set(key, opened);
    return opened;
  }

  #keep<T extends Resource>(opened: T): T {
    this.#fresh.push(opened);
    return opened;
  }

  #memory(fds: readonly number[], count: number): KernelMemory {
    expectFds(fds, count);
    const handle = adopt('memory', () => new this.#native.Memory(undefined, fds[0]!));
    const key = `memory ${handle.identity()}`;
    const known = this.#open.get(key);
    if (known !== undefined && !known.closed) {
      handle.close();
      return known as KernelMemory;
    }
    return this.#once(key, () => KernelMemory.adopt(handle));
  }

  #umem(fds: readonly number[], facts: SharedFacts, alone: boolean): KernelUmem {
    const memory = this.#memory(fds, alone ? 2 : fds.length);
    const id = `umem ${memory.handle.identity()} ${checkString('facts.umem', facts.umem)}`;
    const layout = {
      chunkSize: checkInteger('facts.chunkSize', facts.chunkSize, 1, memory.size),
      frameHeadroom: checkInteger('facts.frameHeadroom', facts.frameHeadroom, 0, memory.size),
      unaligned: checkBoolean('facts.unaligned', facts.unaligned),
      txMetadataLength: checkInteger('facts.txMetadataLength', facts.txMetadataLength, 0, 255),
      txSoftwareChecksum: checkBoolean('facts.txSoftwareChecksum', facts.txSoftwareChecksum),
    };
    const bound = alone && checkBoolean('facts.bound', facts.bound);
    return this.#once(id, () => {
      const umem = KernelUmem.adopt(this.#native, memory, layout);
      if (alone) adopt('a socket of the registration', () => umem.handle.offer(fds[1]!, bound));
      return umem;
    });
  }

  #queue(fds: readonly number[], facts: SharedFacts, count: number): KernelQueue {
    expectFds(fds, count);
    const umem = this.#umem(fds, facts, false);
    const place = {
      ifname: checkString('facts.ifname', facts.ifname),
      ifindex: checkInteger('facts.ifindex', facts.ifindex, 1, UINT32_MAX),
      queueId: checkInteger('facts.queueId', facts.queueId, 0, 65535),
    };
    const size = (name: string) => checkPowerOfTwo(`facts.${name}`, facts[name], 1, MAX_RING_SIZE);
    const flag = (name: string) => checkBoolean(`facts.${name}`, facts[name]);
    const rings = [size('fillRingSize'), size('completionRingSize')] as const;
    const state = [flag('bound'), flag('registered'), flag('ownerFree')] as const;
    const id = `queue ${checkString('facts.umem', facts.umem)} ${checkString('facts.queue', facts.queue)}`;
    return this.#once(id, () => {
      const handle = adopt(
        'the socket of a queue',
        () =>
          new this.#native.Queue(
            umem.handle,
            place.ifindex,
            place.queueId,
            ...rings,
            fds[1]!,
            ...state,
          ),
      );
      return new KernelQueue(umem, handle, place);
    });
  }

  #socket(fds: readonly number[], facts: SharedFacts): KernelSocket {
    const queue = this.#queue(fds, facts, fds.length === 3 ? 3 : 2);
    const size = (name: string) =>
      facts[name] === 0 ? 0 : checkPowerOfTwo(`facts.${name}`, facts[name], 1, MAX_RING_SIZE);
    const rings = [size('rxRingSize'), size('txRingSize')] as const;
    const bound = checkBoolean('facts.socketBound', facts.socketBound);
    const id = `socket ${checkString('facts.queue', facts.queue)} ${checkString('facts.socket', facts.socket)}`;
    return this.#once(id, () => {
      const handle = adopt(
        'a socket',
        () => new this.#native.Socket(queue.handle, ...rings, fds[2] ?? -1, bound),
      );
      return new KernelSocket(this.#native, queue, handle);
    });
  }

  #program(fds: readonly number[], facts: SharedFacts): KernelProgram {
    expectFds(fds, fds.length === 2 ? 2 : 1);
    const { multiBuffer } = facts;
    const known = {
      id: checkInteger('facts.id', facts.id, 1, UINT32_MAX),
      ifname: checkString('facts.ifname', facts.ifname),
      ifindex: checkInteger('facts.ifindex', facts.ifindex, 1, UINT32_MAX),
      attachMode: checkOneOf('facts.attachMode', facts.attachMode, ['native', 'generic']),
      attachBy: checkOneOf('facts.attachBy', facts.attachBy, ['link', 'dispatcher']),
      multiBuffer:
        multiBuffer === undefined ? undefined : checkBoolean('facts.multiBuffer', multiBuffer),
      countsFrames: fds.length === 2,
    };
    const handle = adopt(
      'the socket map of a program',
      () => new this.#native.Program(undefined, fds[0]!, fds[1]),
    );
    return this.#keep(new KernelProgram(handle, known));
  }
}

let imports: ProcessImports | undefined;

/** Those of this isolate. */
export function processImports(): ProcessImports {
  imports ??= new ProcessImports(loadNative());
  return imports;
}

function expectFds(fds: readonly number[], count: number): void {
  if (fds.length === count) return;
  throw invalid('exported.fds', `${fds.length} descriptors`, `${count} descriptors`);
}

/** How the kernel and the addon say that a descriptor is something else. */
const FOREIGN: Answer = {
  code: 'FLUX_FOREIGN_DESCRIPTOR',
  hint: 'the sender passes something else than it says: do not trust it, or update it',
};
const UNSEALED: Answer = {
  code: 'FLUX_FOREIGN_DESCRIPTOR',
  hint: 'the memory can still be resized, which would kill this process: seal it (F_SEAL_SHRINK, F_SEAL_GROW, F_SEAL_SEAL)',
};

function adopt<T>(what: string, open: () => T): T {
  return attempt(
    {
      doing: `use a passed descriptor as ${what}`,
      context: { expected: what },
      answers: {
        ENOTSOCK: FOREIGN,
        EPROTOTYPE: FOREIGN,
        EINVAL: FOREIGN,
        EBADF: FOREIGN,
        ENODEV: FOREIGN,
        EPERM: what === 'memory' ? UNSEALED : OLD_KERNEL,
      },
    },
    open,
  );
}

/** Before 5.19 every use of a BPF descriptor was for who may load programs. */
const OLD_KERNEL: Answer = {
  code: 'FLUX_PERMISSION',
  hint: 'passed socket maps can be used without CAP_BPF on Linux 5.19 and later',
};
