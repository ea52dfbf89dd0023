import type { ProgramSource } from '../contract/program.js';
import { errno } from '../errno.js';
import { FluxError, isFluxError } from '../errors.js';
import { invalid } from '../options.js';
import { steeringSizes } from '../steering/steering-options.js';
import type { Native, NativeProgram, NativeXdpObject } from './native.js';
import { sizeSteering } from './steering-maps.js';
import { attempt, noteLog } from './system-error.js';

export type FileSource = Extract<ProgramSource, { kind: 'redirect' | 'steering' | 'object' }>;

/** An object file with its XDP program selected and its socket map large enough; not loaded. */
export interface Selected {
  readonly object: NativeXdpObject;
  readonly socketMap: string;
  readonly multiBuffer: boolean;
}

/** Parses the file and chooses. `multiBuffer` false loads an `xdp.frags` program without frags. */
export function selectProgram(
  native: Native,
  source: FileSource,
  maxQueues: number,
  multiBuffer = true,
): Selected {
  const object = attempt(
    {
      doing: 'read the BPF object',
      answers: {
        EINVAL: {
          code: 'FLUX_INVALID_OPTION',
          hint: 'source.bytes is to be an ELF file made by: clang -O2 -g -target bpf -c',
        },
      },
    },
    () => new native.XdpObject(source.kind === 'object' ? source.bytes : source.kind),
  );
  try {
    const named = source.kind === 'object' ? source : undefined;
    const programs = object.programs().filter(({ xdp }) => xdp);
    const program = choose('program', programs, named?.program, 'XDP program (SEC("xdp"))');
    const maps = object.maps().filter(({ xskmap }) => xskmap);
    const map = choose('socketMap', maps, named?.socketMap, 'socket map (BPF_MAP_TYPE_XSKMAP)');
    if (map.maxEntries < maxQueues) object.resizeMap(map.name, maxQueues);
    object.select(program.name, multiBuffer);
    const frags = multiBuffer && program.multiBuffer;
    if (source.kind === 'steering') {
      sizeSteering(object, steeringSizes('program.source', source), maxQueues, frags);
    }
    return { object, socketMap: map.name, multiBuffer: frags };
  } catch (error) {
    object.close();
    throw error;
  }
}

/** Loads a selected program. @throws {FluxError} `FLUX_PROGRAM_REJECTED`, `FLUX_PERMISSION` */
export function loadSelected({ object }: Selected): void {
  const log = attempt(
    {
      doing: 'load the XDP program',
      answers: {
        EINVAL: { code: 'FLUX_PROGRAM_REJECTED' },
        E2BIG: { code: 'FLUX_PROGRAM_REJECTED' },
      },
    },
    () => object.load(),
  );
  noteLog(log);
}

/**
 * Loads a file's program. Kernels before 5.18 do not know BPF_F_XDP_HAS_FRAGS and say EINVAL, as
 * they do for much else: without the flag it is tried once more, and the first error counts.
 */
export function loadFile(native: Native, source: FileSource, maxQueues: number): Selected {
  const selected = selectProgram(native, source, maxQueues);
  try {
    loadSelected(selected);
    return selected;
  } catch (error) {
    selected.object.close();
    if (!selected.multiBuffer || !isFluxError(error) || error.errno !== errno.EINVAL) throw error;
    const plain = selectProgram(native, source, maxQueues, false);
    try {
      loadSelected(plain);
      return plain;
    } catch {
      plain.object.close();
      throw error;
    }
  }
}

/** The program of a loaded object; it keeps what it needs, so that the object can be closed. */
export function programOf(
  native: Native,
  source: FileSource,
  { object, socketMap }: Selected,
): NativeProgram {
  const counters = source.kind === 'redirect' ? object.mapFd('counters') : undefined;
  return attempt(
    { doing: 'keep the XDP program' },
    () => new native.Program(object.programFd(), object.mapFd(socketMap), counters),
  );
}

function choose<T extends { readonly name: string }>(
  option: string,
  found: readonly T[],
  wanted: string | undefined,
  what: string,
): T {
  const names = found.map(({ name }) => name).join(', ');
  if (found.length === 0) {
    throw new FluxError('FLUX_INVALID_OPTION', `the object file has no ${what}`, {
      context: { path: 'program.source.bytes' },
    });
  }
  if (wanted === undefined && found.length > 1) {
    throw new FluxError('FLUX_INVALID_OPTION', `the object file has more than one ${what}`, {
      hint: `set program.source.${option} to one of: ${names}`,
      context: { path: `program.source.${option}`, allowed: names },
    });
  }
  const chosen = found.find(({ name }) => wanted === undefined || name === wanted);
  if (chosen === undefined) throw invalid(`program.source.${option}`, wanted, names);
  return chosen;
}
