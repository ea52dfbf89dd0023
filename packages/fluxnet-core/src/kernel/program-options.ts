import type { ProgramOptions, ProgramSource } from '../contract/program.js';
import { FluxError } from '../errors.js';
import { checkInteger, checkKeys, checkOneOf, checkString, invalid } from '../options.js';
import { steeringKeys } from '../steering/steering-options.js';

/** A map has no more slots than there can be queues (XDP sockets have 16 bits for them). */
const MAX_QUEUES = 65_536;
const MAX_FD = 2 ** 31 - 1;

/** Options with a source that Linux can load: everything but a function. */
export interface LoadableOptions extends ProgramOptions {
  readonly source: Exclude<ProgramSource, { kind: 'function' }>;
}

/** @throws {FluxError} `FLUX_INVALID_OPTION`, `FLUX_UNKNOWN_OPTION`, `FLUX_UNSUPPORTED` */
export function checkProgramOptions(options: ProgramOptions): asserts options is LoadableOptions {
  checkKeys('program', options, ['ifname', 'attachMode', 'attachBy', 'maxQueues', 'source']);
  checkString('program.ifname', options.ifname);
  checkOneOf('program.attachMode', options.attachMode, ['auto', 'native', 'generic']);
  checkInteger('program.maxQueues', options.maxQueues, 1, MAX_QUEUES);
  const by = checkOneOf('program.attachBy', options.attachBy ?? 'link', ['link', 'dispatcher']);
  checkSource(options.source);
  const { kind } = options.source;
  if (kind === 'function') {
    throw new FluxError('FLUX_UNSUPPORTED', 'the kernel runs bytecode, not a function', {
      hint: "use kind: 'redirect' or an object file; functions are for the simulator",
      context: { kind },
    });
  }
  if (by === 'dispatcher' && (kind === 'pinned' || kind === 'fd')) {
    throw new FluxError(
      'FLUX_UNSUPPORTED',
      `a ${kind} program is loaded already and cannot join a dispatcher: it has to be loaded as ` +
        'an extension of it',
      {
        hint: "give the object file (kind: 'object'), or attach alone: attachBy: 'link'",
        context: { kind },
      },
    );
  }
}

function checkSource(source: ProgramSource): void {
  const kinds = ['redirect', 'steering', 'object', 'pinned', 'fd', 'function'] as const;
  checkOneOf('program.source.kind', source?.kind, kinds);
  switch (source.kind) {
    case 'redirect':
      checkKeys('program.source', source, ['kind']);
      break;
    case 'steering': // Its values are checked as they are compiled.
      checkKeys('program.source', source, ['kind', ...steeringKeys]);
      break;
    case 'object':
      checkKeys('program.source', source, ['kind', 'bytes', 'program', 'socketMap']);
      if (!(source.bytes instanceof Uint8Array) || source.bytes.length === 0) {
        throw invalid(
          'program.source.bytes',
          typeof source.bytes,
          'a Uint8Array that is not empty',
        );
      }
      checkOptionalText('program.source.program', source.program);
      checkOptionalText('program.source.socketMap', source.socketMap);
      break;
    case 'pinned':
      checkKeys('program.source', source, ['kind', 'path', 'socketMapPath']);
      checkText('program.source.path', source.path);
      checkOptionalText('program.source.socketMapPath', source.socketMapPath);
      break;
    case 'fd':
      checkKeys('program.source', source, ['kind', 'fd', 'socketMapFd']);
      checkInteger('program.source.fd', source.fd, 0, MAX_FD);
      if (source.socketMapFd !== undefined) {
        checkInteger('program.source.socketMapFd', source.socketMapFd, 0, MAX_FD);
      }
  }
}

function checkOptionalText(path: string, value: unknown): void {
  if (value !== undefined) checkText(path, value);
}

/** Text for the kernel, which ends at the first zero. */
function checkText(path: string, value: unknown): void {
  if (checkString(path, value).includes('\0'))
    throw invalid(path, value, 'text without zero bytes');
}
