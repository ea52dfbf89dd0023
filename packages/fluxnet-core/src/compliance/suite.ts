import { type Case, type Series, whyNotApplicable } from './case.js';
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
      const tests = testsOf(each, options);
      // Frameworks refuse a group without tests.
      if (tests.length === 0) continue;
      describe(each.name, () => {
        for (const { name, test } of tests) options.it(name, test);
      });
    }
  });
}

interface Test {
  readonly name: string;
  readonly test: () => Promise<void>;
}

/** Tests of the cases that apply; the others are reported here and now. */
function testsOf(series: Series, options: ComplianceSuiteOptions): Test[] {
  const { environment, report, full = false } = options;
  const tests: Test[] = [];
  for (const each of series.cases) {
    const tell = (rest: Pick<CaseResult, 'outcome' | 'reason'>) =>
      report?.({ series: series.name, name: each.name, ...rest });
    const reason = whyNotApplicable(each, environment);
    if (reason !== undefined) tell({ outcome: 'not applicable', reason });
    if (reason !== undefined || 'outOfReach' in each) continue;
    if (each.full === true && !full) tell({ outcome: 'not run' });
    else tests.push({ name: each.name, test: () => tellEnd(each, environment, tell) });
  }
  return tests;
}

async function tellEnd(
  each: Case,
  environment: ComplianceEnvironment,
  tell: (rest: Pick<CaseResult, 'outcome'>) => void,
): Promise<void> {
  try {
    await runCase(each, environment);
  } catch (error) {
    tell({ outcome: 'fail' });
    throw error;
  }
  tell({ outcome: 'pass' });
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
