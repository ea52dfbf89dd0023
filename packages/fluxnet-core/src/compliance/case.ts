import type { ComplianceEnvironment, Need } from './environment.js';
import type { Rig } from './rig.js';

/** One row of the conformance table. */
export interface Case {
  /** Begins with its number in the catalogue: `K9 …`. Unique. */
  readonly name: string;
  readonly needs?: readonly Need[];
  /** Takes minutes: runs where the suite is asked for everything. The name says `[full]`. */
  readonly full?: boolean;
  /** Where kernel and simulator, or two kernels, may rightly differ, and why. */
  readonly mayDiffer?: string;
  /** Why it does not apply to an environment, other than by what that lacks. */
  readonly unless?: (environment: ComplianceEnvironment) => string | undefined;
  readonly run: (rig: Rig) => void | Promise<void>;
}

/** A row of the kernel's tables that cannot be produced through the contract. */
export interface OutOfReach {
  readonly name: string;
  readonly outOfReach: string;
}

export interface Series {
  readonly name: string;
  readonly cases: readonly (Case | OutOfReach)[];
}

/** Why a case does not apply to an environment; undefined when it does. */
export function whyNotApplicable(
  each: Case | OutOfReach,
  environment: Omit<ComplianceEnvironment, 'start'>,
): string | undefined {
  if ('outOfReach' in each) return `out of reach: ${each.outOfReach}`;
  for (const need of each.needs ?? []) {
    const reason = environment.lacks[need];
    if (reason !== undefined) return reason;
  }
  return each.unless?.(environment as ComplianceEnvironment);
}
