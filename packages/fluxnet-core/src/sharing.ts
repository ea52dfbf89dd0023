import type { Backend } from './contract/backend.js';
import type { Memory } from './contract/memory.js';
import type { Program } from './contract/program.js';
import type { Queue } from './contract/queue.js';
import type { ExportedToIsolate, Shareable } from './contract/sharing.js';
import type { Socket } from './contract/socket.js';
import type { UmemRegistration } from './contract/umem.js';
import { FluxError } from './errors.js';
import { invalid } from './options.js';

interface ShareableKinds {
  readonly memory: Memory;
  readonly umem: UmemRegistration;
  readonly queue: Queue;
  readonly socket: Socket;
  readonly program: Program;
}

/** @throws {FluxError} `FLUX_CLOSED`, `FLUX_UNSUPPORTED` */
export function exportObject(backend: Backend, object: Shareable): ExportedToIsolate {
  if (backend.exportObject === undefined) throw cannotShare(backend);
  return backend.exportObject(object, 'isolate');
}

/** @throws {FluxError} `FLUX_CLOSED`, `FLUX_INVALID_OPTION`, `FLUX_UNSUPPORTED` */
export function importObject<K extends keyof ShareableKinds>(
  backend: Backend,
  exported: ExportedToIsolate,
  kind: K,
): ShareableKinds[K] {
  if (backend.importObject === undefined) throw cannotShare(backend);
  if (exported?.kind !== kind) throw invalid('exported.kind', exported?.kind, `'${kind}'`);
  return backend.importObject(exported) as ShareableKinds[K];
}

function cannotShare({ name }: Backend): FluxError {
  return new FluxError('FLUX_UNSUPPORTED', `the ${name} backend has one isolate only`, {
    hint: 'do without workers where capabilities().features.sharing is false',
  });
}
