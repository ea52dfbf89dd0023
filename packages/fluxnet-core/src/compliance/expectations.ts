import assert from 'node:assert/strict';
import { type ErrnoName, errno, errnoName } from '../errno.js';
import { type FluxErrorCode, isFluxError } from '../errors.js';
import type { Case } from './case.js';
import type { Rig } from './rig.js';

/** How an error of the kernel reaches the user. */
export interface Refusal {
  readonly code: FluxErrorCode;
  /** Undefined where the value is refused before the kernel sees it. */
  readonly errno?: ErrnoName;
}

/** Awaits an attempt that must fail as the refusal says. */
export async function expectRefusal(refusal: Refusal, attempt: () => unknown): Promise<void> {
  let error: unknown;
  try {
    await attempt();
  } catch (thrown) {
    error = thrown;
  }
  assert(error !== undefined, `it did not fail with ${refusal.code}`);
  if (!isFluxError(error)) throw error;
  assert.equal(error.code, refusal.code, error.message);
  const expected = refusal.errno === undefined ? undefined : errno[refusal.errno];
  assert.equal(error.errno, expected, error.message);
  // What is closed is closed; everything else says what to do next.
  assert(error.code === 'FLUX_CLOSED' || error.hint, `no hint: ${error.message}`);
}

/** A case that tries one thing, which must be refused. */
export function refused(
  name: string,
  refusal: Refusal,
  attempt: (rig: Rig) => unknown,
  rest: Omit<Case, 'name' | 'run'> = {},
): Case {
  return { name, ...rest, run: (rig) => expectRefusal(refusal, () => attempt(rig)) };
}

/** Compares what a system call returned: 0, or a negative errno. */
export function expectReturns(result: number, expected: 0 | ErrnoName): void {
  const name = result === 0 ? 0 : errnoName(result);
  assert.equal(name, expected);
}

/** A case of one system call that returns a number. */
export function returns(name: string, expected: 0 | ErrnoName, call: (rig: Rig) => number): Case {
  return { name, run: (rig) => expectReturns(call(rig), expected) };
}
