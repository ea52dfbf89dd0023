import type { AttachBy, AttachMode } from '../contract/program.js';
import type { ExportedToIsolate, Shareable, SharedFacts } from '../contract/sharing.js';
import { checkInteger, invalid } from '../options.js';
import { Resource } from '../resource.js';
import { KernelMemory } from './kernel-memory.js';
import { KernelProgram } from './kernel-program.js';
import { KernelQueue } from './kernel-queue.js';
import { KernelSocket } from './kernel-socket.js';
import { KernelUmem } from './kernel-umem.js';
import type { Native, NativeShareable } from './native.js';
import { attempt } from './system-error.js';

type KernelObject = KernelMemory | KernelUmem | KernelQueue | KernelSocket | KernelProgram;

/**
 * What this isolate has exported or imported, by token. It keeps the objects: one that others use
 * must not be collected because nobody here looks at it any more.
 */
const shared = new Map<number, KernelObject>();

/** An object's entry in the table, until the object is closed. */
class TableEntry extends Resource {
  readonly #token: number;

  constructor(token: number, object: KernelObject) {
    super(object);
    this.#token = token;
    shared.set(token, object);
    this.opened();
  }

  protected override release(): void {
    shared.delete(this.#token);
  }
}

function enter(token: number, object: KernelObject): void {
  if (shared.get(token) !== object) new TableEntry(token, object);
}

/** @throws {FluxError} `FLUX_CLOSED`, `FLUX_INVALID_OPTION` for objects of another backend */
export function exportToIsolate(object: Shareable): ExportedToIsolate {
  if (object instanceof KernelMemory) return exported('memory', object, { pages: object.pages });
  if (object instanceof KernelUmem) {
    const { chunkSize, frameHeadroom, unaligned, txMetadataLength, txSoftwareChecksum } = object;
    const sizes = { chunkSize, frameHeadroom, txMetadataLength };
    return exported('umem', object, { ...sizes, unaligned, txSoftwareChecksum }, object.memory);
  }
  if (object instanceof KernelQueue) {
    const { ifname, ifindex, queueId } = object;
    return exported('queue', object, { ifname, ifindex, queueId }, object.umem);
  }
  if (object instanceof KernelSocket) return exported('socket', object, {}, object.queue);
  if (object instanceof KernelProgram) {
    const { ifname, ifindex, attachMode, attachBy, multiBuffer, countsFrames } = object;
    const known = multiBuffer === undefined ? {} : { multiBuffer };
    return exported('program', object, {
      ...{ ifname, ifindex, attachMode, attachBy, countsFrames },
      ...known,
    });
  }
  throw invalid('object', object, 'an object of the kernel backend');
}

function exported(
  kind: ExportedToIsolate['kind'],
  object: KernelObject,
  facts: SharedFacts,
  parent?: KernelObject,
): ExportedToIsolate {
  object.assertOpen();
  const handle: NativeShareable = object.handle;
  const token = attempt({ doing: `export the ${kind}` }, () => handle.token());
  enter(token, object);
  return {
    ...{ kind, token, facts },
    ...(parent === undefined ? {} : { parent: exportToIsolate(parent) }),
  };
}

/** @throws {FluxError} `FLUX_CLOSED`, `FLUX_INVALID_OPTION` */
export function importFromIsolate(native: Native, from: ExportedToIsolate): Shareable {
  const token = checkInteger('exported.token', from?.token, 1, Number.MAX_SAFE_INTEGER);
  const known = shared.get(token);
  if (known !== undefined) return known;
  const object = adopt(native, from);
  enter(token, object);
  return object;
}

function adopt(native: Native, from: ExportedToIsolate): KernelObject {
  const { kind, token } = from;
  const make = <T>(Class: new (token: number) => T): T =>
    attempt({ doing: `import the ${kind}`, context: { kind, token } }, () => new Class(token));
  switch (kind) {
    case 'memory':
      return new KernelMemory(make(native.Memory), fact(from, 'pages', 'string') as never);
    case 'umem': {
      const memory = parentOf(native, from, KernelMemory);
      const number = (name: string) => fact(from, name, 'number');
      return new KernelUmem(memory, make(native.Umem), {
        chunkSize: number('chunkSize'),
        frameHeadroom: number('frameHeadroom'),
        txMetadataLength: number('txMetadataLength'),
        unaligned: fact(from, 'unaligned', 'boolean'),
        txSoftwareChecksum: fact(from, 'txSoftwareChecksum', 'boolean'),
      });
    }
    case 'queue': {
      const umem = parentOf(native, from, KernelUmem);
      const queueId = fact(from, 'queueId', 'number');
      return new KernelQueue(umem, make(native.Queue), { ...placeOf(from), queueId });
    }
    case 'socket':
      return new KernelSocket(native, parentOf(native, from, KernelQueue), make(native.Socket));
    case 'program':
      return new KernelProgram(make(native.Program), {
        ...placeOf(from),
        attachMode: fact(from, 'attachMode', 'string') as AttachMode,
        attachBy: fact(from, 'attachBy', 'string') as AttachBy,
        countsFrames: fact(from, 'countsFrames', 'boolean'),
        multiBuffer:
          from.facts.multiBuffer === undefined ? undefined : fact(from, 'multiBuffer', 'boolean'),
      });
    default:
      throw invalid('exported.kind', kind, 'memory | umem | queue | socket | program');
  }
}

function parentOf<T>(
  native: Native,
  { parent, kind }: ExportedToIsolate,
  Class: abstract new (...options: never[]) => T,
): T {
  const object = parent === undefined ? undefined : importFromIsolate(native, parent);
  if (object instanceof Class) return object;
  throw invalid('exported.parent', parent?.kind, `what the ${kind} was opened on`);
}

const placeOf = (from: ExportedToIsolate) => ({
  ifname: fact(from, 'ifname', 'string'),
  ifindex: fact(from, 'ifindex', 'number'),
});

interface Types {
  readonly string: string;
  readonly number: number;
  readonly boolean: boolean;
}

/** Facts only describe: a wrong one does no harm, and one of another type is no export of ours. */
function fact<T extends keyof Types>(from: ExportedToIsolate, name: string, type: T): Types[T] {
  const value = from.facts?.[name];
  if (typeof value === type) return value as Types[T];
  throw invalid(`exported.facts.${name}`, value, `a ${type}`);
}
