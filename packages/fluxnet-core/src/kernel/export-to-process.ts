import { randomUUID } from 'node:crypto';
import type { ExportedToProcess, Shareable, SharedFacts } from '../contract/sharing.js';
import { FluxError } from '../errors.js';
import { invalid } from '../options.js';
import { KernelMemory } from './kernel-memory.js';
import { KernelProgram } from './kernel-program.js';
import { KernelQueue } from './kernel-queue.js';
import { KernelSocket } from './kernel-socket.js';
import { KernelSpareSockets } from './kernel-spare-sockets.js';
import { KernelUmem } from './kernel-umem.js';

/**
 * The descriptors of an object and what the kernel does not tell of it. Each object carries those
 * that it was opened on, so that it can be used by itself:
 *
 *   memory    memfd                    umem      memfd, a socket of the registration
 *   queue     memfd, the queue's       socket    memfd, the queue's, its own where that is another
 *   sockets   all of them              program   socket map, counters where it has them
 */
export function exportToProcess(object: Shareable): ExportedToProcess {
  if (object instanceof KernelMemory) return exportMemory(object);
  if (object instanceof KernelUmem) return exportUmem(object);
  if (object instanceof KernelQueue) return exportQueue(object);
  if (object instanceof KernelSocket) return exportSocket(object);
  if (object instanceof KernelProgram) return exportProgram(object);
  if (object instanceof KernelSpareSockets) {
    object.assertOpen();
    return { kind: 'sockets', fds: object.handle.fds(), facts: {} };
  }
  throw invalid('object', object, 'an object of the kernel backend');
}

function exportMemory(memory: KernelMemory): ExportedToProcess {
  memory.assertOpen();
  return { kind: 'memory', fds: [memory.handle.fd()], facts: {} };
}

function umemFacts(umem: KernelUmem): SharedFacts {
  return {
    umem: idOf(umem),
    chunkSize: umem.chunkSize,
    frameHeadroom: umem.frameHeadroom,
    unaligned: umem.unaligned,
    txMetadataLength: umem.txMetadataLength,
    txSoftwareChecksum: umem.txSoftwareChecksum,
  };
}

function exportUmem(umem: KernelUmem): ExportedToProcess {
  umem.assertOpen();
  const member = umem.handle.member();
  if (member === undefined) {
    throw new FluxError(
      'FLUX_INVALID_OPTION',
      'the registration has no socket to pass: its only one belongs to a queue that is not bound',
      { hint: 'bind the socket of the queue first, or pass the queue' },
    );
  }
  return {
    kind: 'umem',
    fds: [umem.memory.handle.fd(), member.fd],
    facts: { ...umemFacts(umem), bound: member.bound },
  };
}

function queueFacts(queue: KernelQueue): SharedFacts {
  const { fd: _, ...member } = queue.handle.member()!;
  return {
    ...umemFacts(queue.umem),
    queue: idOf(queue),
    ifname: queue.ifname,
    ifindex: queue.ifindex,
    queueId: queue.queueId,
    fillRingSize: queue.fill.size,
    completionRingSize: queue.completion.size,
    ...member,
  };
}

function queueFds(queue: KernelQueue): number[] {
  return [queue.umem.memory.handle.fd(), queue.handle.member()!.fd];
}

function exportQueue(queue: KernelQueue): ExportedToProcess {
  queue.assertOpen();
  return { kind: 'queue', fds: queueFds(queue), facts: queueFacts(queue) };
}

function exportSocket(socket: KernelSocket): ExportedToProcess {
  socket.assertOpen();
  const { queue } = socket;
  const { fd, bound } = socket.handle.member()!;
  const fds = queueFds(queue);
  if (fd !== fds[1]) fds.push(fd);
  socket.handOver();
  return {
    kind: 'socket',
    fds,
    facts: {
      ...queueFacts(queue),
      socket: idOf(socket),
      rxRingSize: socket.rx?.size ?? 0,
      txRingSize: socket.tx?.size ?? 0,
      socketBound: bound,
    },
  };
}

/**
 * Without the program itself: who has that can attach it anywhere, without any right (spec: the
 * broker keeps link and program).
 */
function exportProgram(program: KernelProgram): ExportedToProcess {
  program.assertOpen();
  const { multiBuffer } = program;
  return {
    kind: 'program',
    fds: program.handle.mapFds(),
    facts: {
      id: program.id,
      ifname: program.ifname,
      ifindex: program.ifindex,
      attachMode: program.attachMode,
      attachBy: program.attachBy,
      ...(multiBuffer !== undefined && { multiBuffer }),
    },
  };
}

const ids = new WeakMap<object, string>();

/** By which the receiver knows that two exports are of one object. */
function idOf(object: object): string {
  const known = ids.get(object);
  if (known !== undefined) return known;
  const id = randomUUID();
  ids.set(object, id);
  return id;
}
