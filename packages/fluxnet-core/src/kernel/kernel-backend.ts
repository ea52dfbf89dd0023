import { release } from 'node:os';
import type { Backend } from '../contract/backend.js';
import type { Capabilities } from '../contract/capabilities.js';
import type {
  InterfaceAddress,
  InterfaceInfo,
  LinkEvent,
  LinkWatch,
  Neighbour,
  ProgramOwner,
  Route,
} from '../contract/interface.js';
import type { Memory, MemoryOptions } from '../contract/memory.js';
import type { PollSet } from '../contract/poll-set.js';
import type { Program, ProgramOptions } from '../contract/program.js';
import type { Queue, QueueOptions } from '../contract/queue.js';
import type {
  Exported,
  ExportedToIsolate,
  ExportedToProcess,
  Shareable,
  SpareSockets,
} from '../contract/sharing.js';
import type { Socket, SocketOptions } from '../contract/socket.js';
import type { UmemOptions, UmemRegistration } from '../contract/umem.js';
import { type FluxError, isFluxError } from '../errors.js';
import { invalid } from '../options.js';
import { attachProgram } from './attach-program.js';
import { exportToProcess } from './export-to-process.js';
import { processImports } from './import-from-process.js';
import { readInterface } from './interface-facts.js';
import { exportToIsolate, importFromIsolate } from './isolate-sharing.js';
import { kernelClock } from './kernel-clock.js';
import { KernelLinkWatch } from './kernel-link-watch.js';
import { KernelMemory } from './kernel-memory.js';
import { KernelPollSet } from './kernel-poll-set.js';
import { KernelQueue } from './kernel-queue.js';
import { KernelSocket } from './kernel-socket.js';
import { KernelSpareSockets } from './kernel-spare-sockets.js';
import { KernelUmem } from './kernel-umem.js';
import { loadNative } from './load-native.js';
import { readAddresses, readLinks, readNeighbours, readRoutes } from './network-tables.js';
import { programOwners } from './program-owners.js';

/**
 * AF_XDP of the running kernel. Costs nothing until something is opened.
 * The objects it takes must be its own: those of another backend are refused.
 */
export const kernelBackend: Backend = {
  name: 'kernel',
  clock: kernelClock,

  capabilities(): Capabilities {
    const problem = firstProblem();
    const native = hasNative();
    const features = {
      hugepages: hasHugePages(),
      'link-events': native,
      sharing: native,
      processes: native,
    };
    const platform = `${process.platform} ${release()} ${process.arch}`;
    return {
      supported: problem === undefined,
      reason: problem?.message ?? '',
      code: problem?.code,
      platform,
      features,
    };
  },

  openMemory(options: MemoryOptions): Memory {
    return KernelMemory.open(loadNative(), options);
  },

  openUmem(memory: Memory, options: UmemOptions): UmemRegistration {
    return KernelUmem.open(loadNative(), memory as KernelMemory, options);
  },

  openQueue(umem: UmemRegistration, options: QueueOptions): Queue {
    return KernelQueue.open(loadNative(), umem as KernelUmem, options);
  },

  openSocket(queue: Queue, options: SocketOptions): Socket {
    return KernelSocket.open(loadNative(), queue as KernelQueue, options);
  },

  openProgram(options: ProgramOptions): Program {
    return attachProgram(loadNative(), options);
  },

  openPollSet(): PollSet {
    return new KernelPollSet(loadNative());
  },

  interrupt(token: number): void {
    loadNative().interrupt(token);
  },

  interfaceInfo(ifname: string): InterfaceInfo {
    return readInterface(loadNative(), ifname);
  },

  programOwners(programId: number): readonly ProgramOwner[] {
    return programOwners(programId);
  },

  interfaces(): readonly string[] {
    return readLinks(loadNative()).map(({ ifname = '' }) => ifname);
  },

  addresses(ifname: string): readonly InterfaceAddress[] {
    return readAddresses(loadNative(), ifname);
  },

  neighbours(ifname: string): readonly Neighbour[] {
    return readNeighbours(loadNative(), ifname);
  },

  routes(): readonly Route[] {
    return readRoutes(loadNative());
  },

  exportObject,

  importObject(exported: Exported): Shareable {
    if (exported !== null && typeof exported === 'object') {
      if ('token' in exported) return importFromIsolate(loadNative(), exported);
      if ('fds' in exported) return processImports().importAll([exported])[0]!;
    }
    throw invalid('exported', exported, 'an exported object, with a token or descriptors');
  },

  watchLinks(listener: (event: LinkEvent) => void): LinkWatch {
    return new KernelLinkWatch(loadNative(), listener);
  },

  openSpareSockets(count: number): SpareSockets {
    return KernelSpareSockets.open(loadNative(), count);
  },
};

function exportObject(object: Shareable, to: 'isolate'): ExportedToIsolate;
function exportObject(object: Shareable, to: 'process'): ExportedToProcess;
function exportObject(object: Shareable, to: 'isolate' | 'process'): Exported {
  if (to === 'process') return exportToProcess(object);
  if (to === 'isolate') return exportToIsolate(object);
  throw invalid('to', to, "'isolate' | 'process'");
}

/** Tries the first step of every use: the smallest registration, closed at once. */
function firstProblem(): FluxError | undefined {
  try {
    // Sockets of another process would be used up by trying.
    if (loadNative().socketsInStock() > 0) return undefined;
    const memory = kernelBackend.openMemory({ size: 4096, pages: '4k' });
    try {
      kernelBackend.openUmem(memory, { chunkSize: 4096, frameHeadroom: 0, unaligned: false });
      return undefined;
    } finally {
      memory.close();
    }
  } catch (error) {
    if (isFluxError(error)) return error;
    throw error;
  }
}

/** All that link events and sharing need. */
function hasNative(): boolean {
  try {
    loadNative();
    return true;
  } catch {
    return false;
  }
}

function hasHugePages(): boolean {
  try {
    kernelBackend.openMemory({ size: 2 ** 21, pages: 'hugetlb2m' }).close();
    return true;
  } catch {
    return false;
  }
}
