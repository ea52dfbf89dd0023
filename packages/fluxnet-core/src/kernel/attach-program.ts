import type { AttachMode, ProgramOptions } from '../contract/program.js';
import { isFluxError } from '../errors.js';
import { type CheckedSteering, checkSteering } from '../steering/steering-options.js';
import { attachConflict } from './attach-conflict.js';
import { attachRefusals } from './attach-refusals.js';
import { dispatcherAnswers, requireDispatcherSupport } from './dispatcher.js';
import { readIfindex } from './interface-facts.js';
import { KernelProgram } from './kernel-program.js';
import { type KernelSteering, openSteering } from './kernel-steering.js';
import { adoptProgram } from './loaded-program.js';
import type { Native, NativeProgram } from './native.js';
import { checkProgramOptions, type LoadableOptions } from './program-options.js';
import { type Attempt, attempt, noteLog } from './system-error.js';
import {
  type FileSource,
  loadFile,
  programOf,
  type Selected,
  selectProgram,
} from './xdp-object.js';

/** Loads a program and attaches it to an interface, alone or behind libxdp's dispatcher. */
export function attachProgram(native: Native, options: ProgramOptions): KernelProgram {
  checkProgramOptions(options);
  const { ifname, source, maxQueues, attachBy = 'link' } = options;
  const place = { ifname, ifindex: readIfindex(native, ifname) };
  const countsFrames = source.kind === 'redirect';
  // Before the kernel is asked for anything: rules can be wrong without any right.
  const checked = source.kind === 'steering' ? checkSteering('program.source', source) : undefined;
  if (attachBy === 'dispatcher') {
    requireDispatcherSupport(native);
    const { mode, result } = tryModes(options.attachMode, (attachMode) =>
      join(native, place, attachMode, source as FileSource, maxQueues, checked),
    );
    // Multi-buffer as the dispatcher, and so as everybody behind it.
    const facts = { attachMode: mode, attachBy, multiBuffer: undefined, countsFrames };
    return new KernelProgram(result.handle, { ...place, ...facts }, result);
  }
  const { handle, multiBuffer, steering } = load(native, options, checked);
  try {
    const { mode } = tryModes(options.attachMode, (attachMode) =>
      attempt(attaching(native, ifname, attachMode), () =>
        handle.attach(place.ifindex, attachMode === 'generic'),
      ),
    );
    const facts = { attachMode: mode, attachBy, multiBuffer, countsFrames };
    return new KernelProgram(handle, { ...place, ...facts }, { steering });
  } catch (error) {
    handle.close();
    steering?.close();
    throw error;
  }
}

function tryModes<T>(wanted: AttachMode | 'auto', attach: (mode: AttachMode) => T) {
  const inMode = (mode: AttachMode) => ({ mode, result: attach(mode) });
  if (wanted !== 'auto') return inMode(wanted);
  try {
    return inMode('native');
  } catch (error) {
    // Another program, a missing right, a vanished interface: no reason for the slow mode.
    if (!isFluxError(error, 'FLUX_UNSUPPORTED')) throw error;
    return inMode('generic');
  }
}

function load(
  native: Native,
  { source, maxQueues }: LoadableOptions,
  checked: CheckedSteering | undefined,
): {
  handle: NativeProgram;
  multiBuffer: boolean | undefined;
  steering?: KernelSteering | undefined;
} {
  if (source.kind === 'pinned' || source.kind === 'fd') {
    return { handle: adoptProgram(native, source, maxQueues), multiBuffer: undefined };
  }
  const loaded = loadFile(native, source, maxQueues);
  try {
    const kept = keep(native, source, loaded, maxQueues, checked);
    return { ...kept, multiBuffer: loaded.multiBuffer };
  } finally {
    loaded.object.close();
  }
}

/** What is needed of a loaded object, so that it can be closed. */
function keep(
  native: Native,
  source: FileSource,
  loaded: Selected,
  maxQueues: number,
  checked: CheckedSteering | undefined,
) {
  const handle = programOf(native, source, loaded);
  if (checked === undefined) return { handle, steering: undefined };
  try {
    return { handle, steering: openSteering(native, loaded.object, checked, maxQueues) };
  } catch (error) {
    handle.close();
    throw error;
  }
}

/** libxdp loads the program as it attaches it, so that each attempt needs a fresh object. */
function join(
  native: Native,
  { ifname, ifindex }: { ifname: string; ifindex: number },
  mode: AttachMode,
  source: FileSource,
  maxQueues: number,
  checked: CheckedSteering | undefined,
) {
  const selected = selectProgram(native, source, maxQueues);
  try {
    const { answers, ...what } = attaching(native, ifname, mode);
    const link = attempt(
      { ...what, answers: { ...answers, ...dispatcherAnswers } },
      () => new native.DispatcherLink(selected.object, ifindex, mode === 'generic'),
    );
    noteLog(link.log());
    try {
      return { link, ...keep(native, source, selected, maxQueues, checked) };
    } catch (error) {
      link.close();
      throw error;
    }
  } finally {
    selected.object.close();
  }
}

function attaching(native: Native, ifname: string, mode: AttachMode): Attempt {
  const conflict = () => attachConflict(native, ifname);
  return {
    doing: `attach to ${ifname} in ${mode} mode`,
    context: { ifname, attachMode: mode },
    answers: { ...attachRefusals(ifname, mode), EBUSY: conflict, EEXIST: conflict },
  };
}
