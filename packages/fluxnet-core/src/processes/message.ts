import type { ExportedToProcess, ShareableKind, SharedFacts } from '../contract/sharing.js';
import { FluxError } from '../errors.js';
import { invalid } from '../options.js';

/** What JSON carries. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };

/** Bytes of one message, descriptors not counted. */
export const MAX_MESSAGE_BYTES = 65536;
const MAX_DESCRIPTORS = 253; // SCM_MAX_FD
const VERSION = 1;

/** A message on its way: the descriptors go beside the bytes, in the order of the objects. */
export interface EncodedMessage {
  readonly bytes: Uint8Array;
  readonly fds: readonly number[];
}

export interface DecodedMessage {
  readonly facts: Json;
  readonly objects: ReadonlyMap<string, ExportedToProcess>;
}

/**
 *     { "fluxnet": 1, "facts": …, "objects": [{ "name", "kind", "descriptors": 2, "facts": {…} }] }
 *
 * @throws {FluxError} `FLUX_INVALID_OPTION` when it is too large
 */
export function encodeMessage(
  facts: Json,
  objects: Iterable<readonly [string, ExportedToProcess]>,
): EncodedMessage {
  const fds: number[] = [];
  const described = [...objects].map(([name, exported]) => {
    fds.push(...exported.fds);
    const { kind, fds: own } = exported;
    return { name, kind, descriptors: own.length, facts: exported.facts };
  });
  const text = JSON.stringify({ fluxnet: VERSION, facts, objects: described });
  const bytes = new TextEncoder().encode(text);
  if (bytes.length > MAX_MESSAGE_BYTES) {
    throw invalid('facts', `${bytes.length} bytes of JSON`, `at most ${MAX_MESSAGE_BYTES} bytes`);
  }
  if (fds.length > MAX_DESCRIPTORS) {
    throw invalid('objects', `${fds.length} descriptors`, `at most ${MAX_DESCRIPTORS}`);
  }
  return { bytes, fds };
}

/** @throws {FluxError} `FLUX_MESSAGE_MALFORMED` */
export function decodeMessage(bytes: Uint8Array, fds: readonly number[]): DecodedMessage {
  const message = parse(bytes);
  if (!isRecord(message) || message.fluxnet !== VERSION) {
    throw malformed(`it is not a message of version ${VERSION}`);
  }
  if (!Array.isArray(message.objects)) throw malformed('objects is not a list');
  const objects = new Map<string, ExportedToProcess>();
  let next = 0;
  for (const entry of message.objects as unknown[]) {
    if (!isRecord(entry)) throw malformed('an object is not described');
    const { name, kind, descriptors, facts } = entry;
    if (typeof name !== 'string' || objects.has(name)) throw malformed('an object has no name');
    if (typeof kind !== 'string') throw malformed(`${name} has no kind`);
    if (!Number.isInteger(descriptors) || Number(descriptors) < 0) {
      throw malformed(`${name} does not say how many descriptors it has`);
    }
    if (!isRecord(facts)) throw malformed(`${name} has no facts`);
    const own = fds.slice(next, next + Number(descriptors));
    next += Number(descriptors);
    objects.set(name, { kind: kind as ShareableKind, fds: own, facts: facts as SharedFacts });
  }
  if (next !== fds.length) {
    throw malformed(`it announces ${next} descriptors and comes with ${fds.length}`);
  }
  return { facts: message.facts as Json, objects };
}

export function malformed(reason: string, cause?: unknown): FluxError {
  return new FluxError('FLUX_MESSAGE_MALFORMED', `a message of the other process: ${reason}`, {
    hint: 'both ends must use the same version of fluxnet-core',
    cause,
  });
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw malformed('it is not JSON', cause);
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
