import { FluxError } from 'fluxnet-core';
import { invalidOption } from '../kernel/failures.js';

/** Misspelled options are errors: what is ignored silently is debugged for an hour. */
export function rejectUnknownKeys(where: string, options: object, known: readonly string[]): void {
  for (const key of Object.keys(options)) {
    if (known.includes(key)) continue;
    throw new FluxError('FLUX_UNKNOWN_OPTION', `${where} has no option ${key}`, {
      hint: `options: ${known.join(', ')}`,
      context: { path: key, where },
    });
  }
}

export function integerOption(path: string, value: number, min: number, max: number): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw invalidOption(path, value, `an integer from ${min} to ${max}`);
}

export function timeOption(path: string, value: number): number {
  if (value >= 0 && value <= 1e9) return value;
  throw invalidOption(path, value, '0 to 1e9');
}
