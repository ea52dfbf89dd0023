import type { FluxErrorCode } from '../errors.js';
import { isFluxError } from '../errors.js';

/** How an attempt ended, in a form that crosses processes. */
export type Outcome =
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly code: FluxErrorCode;
      readonly errno: number | undefined;
      readonly hint: string | undefined;
    };

export async function outcomeOf(attempt: () => unknown): Promise<Outcome> {
  try {
    await attempt();
    return { ok: true };
  } catch (error) {
    if (!isFluxError(error)) throw error;
    return { ok: false, code: error.code, errno: error.errno, hint: error.hint };
  }
}
