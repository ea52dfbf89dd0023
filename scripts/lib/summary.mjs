// @ts-check

/**
 * The parts of vitest's JSON report that count here.
 * @typedef {{ status: string, fullName: string }} TestResult
 * @typedef {{ name: string, status: string, assertionResults: TestResult[] }} TestFile
 * @typedef {{ testResults: TestFile[] }} VitestReport
 *
 * @typedef {{ name: string, passed: boolean }} Check lint, types: each counts as one
 *
 * @typedef {object} Run
 * @property {Check[]} checks
 * @property {VitestReport | undefined} report undefined when vitest left none
 * @property {number | string} exit vitest's exit code or the signal that ended it
 * @property {boolean} kernelRequired whether a skipped kernel test is a failure
 *
 * @typedef {{ passed: number, failed: number, skipped: number, problems: string[] }} Summary
 */

/** Marks a test that needs a real kernel with AF_XDP and the right to use it. */
const KERNEL = '[kernel]';

/** Marks a long test that runs with --full only. */
const FULL = '[full]';

/**
 * Counts a whole run. Whatever makes it red is in `failed`, and in `problems` in words unless the
 * tools have already said it themselves.
 * @param {Run & { full?: boolean }} run
 * @returns {Summary}
 */
export function summarize({ checks, report, exit, kernelRequired, full = false }) {
  const tests = (report?.testResults ?? []).flatMap((file) => file.assertionResults);
  const skipped = tests.filter(isSkipped);
  const forbidden = kernelRequired ? skipped.filter((test) => isDue(test, full)) : [];
  const count = {
    passed: tests.filter(({ status }) => status === 'passed').length,
    failed: tests.filter(({ status }) => status === 'failed').length,
  };
  const ofVitest = report ? brokenFiles(report) : [`vitest left no report (exit ${exit})`];
  if (report && count.passed + count.failed === 0) ofVitest.push('no test ran');
  // Such as an error outside any test, which leaves every single test green.
  if (exit !== 0 && count.failed + ofVitest.length === 0)
    ofVitest.push(`vitest exited with ${exit}`);
  const problems = [
    ...checks.filter(({ passed }) => !passed).map(({ name }) => `${name} failed`),
    ...forbidden.map(({ fullName }) => `skipped, but this machine can run it: ${fullName}`),
    ...ofVitest,
  ];
  return {
    passed: count.passed + checks.filter(({ passed }) => passed).length,
    failed: count.failed + problems.length,
    skipped: skipped.length - forbidden.length,
    problems,
  };
}

/** @param {TestResult} test */
function isSkipped({ status }) {
  return status !== 'passed' && status !== 'failed';
}

/**
 * @param {TestResult} test
 * @param {boolean} full
 */
function isDue({ fullName }, full) {
  return fullName.includes(KERNEL) && (full || !fullName.includes(FULL));
}

/**
 * Test files that could not even be loaded: failed, without a failed test inside.
 * @param {VitestReport} report
 */
function brokenFiles({ testResults }) {
  return testResults
    .filter(({ status, assertionResults }) => {
      return status === 'failed' && assertionResults.every((test) => test.status !== 'failed');
    })
    .map(({ name }) => `could not be run: ${name}`);
}

/**
 * The one line other programs read; nothing else is on it.
 * @param {Omit<Summary, 'problems'>} summary
 */
export function closingLine({ passed, failed, skipped }) {
  const line = `${passed} passed, ${failed} failed`;
  return skipped > 0 ? `${line}, ${skipped} skipped` : line;
}
