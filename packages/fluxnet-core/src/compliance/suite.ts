import { type Case, type OutOfReach, type Series, whyNotApplicable } from './case.js';
import type { ComplianceEnvironment } from './environment.js';
import { Rig } from './rig.js';
import { allSeries } from './series.js';

/** What the suite needs of a test framework: vitest, jest, mocha and node:test have it. */
export interface TestFramework {
  describe(name: string, body: () => void): unknown;
  it(name: string, test: () => Promise<void>): unknown;
}

/** How a case ended in an environment. */
export interface CaseResult {
  readonly series: string;
  readonly name: string;
  readonly outcome: 'pass' | 'fail' | 'not applicable' | 'not run';
  /** Why it does not apply. */
  readonly reason?: string;
}

export interface ComplianceSuiteOptions extends TestFramework {
  readonly environment: ComplianceEnvironment;
  /** Called for every case: at once for what does not apply, else when it has ended. */
  readonly report?: (result: CaseResult) => void;
  /** The long cases too. Default false. */
  readonly full?: boolean;
  /** Default: all of them. */
  readonly series?: readonly Series[];
}

/**
 * Declares the tests of the contract for one backend. Cases that do not apply are not declared:
 * they are reported with the reason, and stand in the conformance table.
 */
export function complianceSuite(options: ComplianceSuiteOptions): void {
  const { describe, environment, series = allSeries } = options;
  describe(`compliance of ${environment.name}`, () => {
    for (const each of series) {
      describe(each.name, () => declare(each, options));
    }
  });
}

function declare(series: Series, options: ComplianceSuiteOptions): void {
  const { it, environment, report, full = false } = options;
  const tell = (each: Case | OutOfReach, rest: Pick<CaseResult, 'outcome' | 'reason'>) =>
    report?.({ series: series.name, name: each.name, ...rest });
  for (const each of series.cases) {
    const reason = whyNotApplicable(each, environment);
    if (reason !== undefined) tell(each, { outcome: 'not applicable', reason });
    if (reason !== undefined || 'outOfReach' in each) continue;
    if (each.full === true && !full) {
      tell(each, { outcome: 'not run' });
      continue;
    }
    it(each.name, async () => {
      try {
        await runCase(each, environment);
      } catch (error) {
        tell(each, { outcome: 'fail' });
        throw error;
      }
      tell(each, { outcome: 'pass' });
    });
  }
}

async function runCase(each: Case, environment: ComplianceEnvironment): Promise<void> {
  const rig = new Rig(environment);
  let failed = true;
  try {
    await each.run(rig);
    failed = false;
  } finally {
    close(rig, failed);
  }
}

/** The failure of the case says more than what it left behind. */
function close(rig: Rig, failed: boolean): void {
  try {
    rig.close();
  } catch (error) {
    if (!failed) throw error;
  }
}
