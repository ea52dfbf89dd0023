import { FluxError } from './errors.js';

/** Rejects keys that do not exist, by name, with the nearest that does. */
export function checkKeys(path: string, options: object, known: readonly string[]): void {
  if (options === null || typeof options !== 'object' || Array.isArray(options)) {
    throw invalid(path, options, 'an object');
  }
  for (const key of Object.keys(options)) {
    if (known.includes(key)) continue;
    const near = known.find((name) => name.toLowerCase() === key.toLowerCase());
    throw new FluxError('FLUX_UNKNOWN_OPTION', `${path}.${key} is not an option`, {
      hint: near === undefined ? `known options: ${known.join(', ')}` : `did you mean ${near}?`,
      context: { path: `${path}.${key}` },
    });
  }
}

/** An error that names the option, its value and what is allowed. */
export function invalid(path: string, value: unknown, allowed: string): FluxError {
  const shown = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return new FluxError('FLUX_INVALID_OPTION', `${path} is ${shown}, allowed: ${allowed}`, {
    hint: `set ${path} to ${allowed}`,
    context: { path, value, allowed },
  });
}

export function checkInteger(path: string, value: unknown, min: number, max: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) {
    return value;
  }
  throw invalid(path, value, `an integer from ${min} to ${max}`);
}

/** @param besides other values that the caller allows, for the message: `0 or ` */
export function checkPowerOfTwo(
  path: string,
  value: unknown,
  min: number,
  max: number,
  besides = '',
): number {
  if (typeof value === 'number' && value >= min && value <= max && isPowerOfTwo(value)) {
    return value;
  }
  throw invalid(path, value, `${besides}a power of two from ${min} to ${max}`);
}

export function checkOneOf<T extends string>(
  path: string,
  value: unknown,
  allowed: readonly T[],
): T {
  if (allowed.includes(value as T)) return value as T;
  throw invalid(path, value, allowed.map((name) => `'${name}'`).join(' | '));
}

export function checkBoolean(path: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw invalid(path, value, 'true | false');
}

export function checkString(path: string, value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  throw invalid(path, value, 'a non-empty string');
}

function isPowerOfTwo(value: number): boolean {
  return Number.isInteger(value) && value > 0 && Number.isInteger(Math.log2(value));
}
