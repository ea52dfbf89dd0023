import type { FluxErrorCode } from '../errors.js';
import { isFluxError } from '../errors.js';

/** How an attempt ended, in a form that crosses processes. */
export interface Outcome {
  readonly ok: boolean;
  /** Undefined where a call that returns numbers failed. */
  readonly code?: FluxErrorCode | undefined;
  readonly errno?: number | undefined;
  readonly hint?: string | undefined;
}

/** @param attempt throws, or returns a negative errno, or succeeds */
export function outcomeOf(attempt: () => number | undefined): Outcome {
  try {
    const result = attempt() ?? 0;
    return result < 0 ? { ok: false, errno: result } : { ok: true };
  } catch (error) {
    if (!isFluxError(error)) throw error;
    return { ok: false, code: error.code, errno: error.errno, hint: error.hint };
  }
}
