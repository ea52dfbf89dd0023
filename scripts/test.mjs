// @ts-check
/** What `npm test` does: set-up, lint, types, every test, and one closing line that counts them. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { helpText, parseFlags } from './lib/args.mjs';
import { describeFailure, runMain, SetupError } from './lib/errors.mjs';
import { inRoot } from './lib/paths.mjs';
import { runShown } from './lib/run.mjs';
import { closingLine, summarize } from './lib/summary.mjs';
import { setup } from './setup.mjs';

const REPORT = inRoot('.cache', 'vitest.json');

/** @type {import('./lib/args.mjs').FlagTable} */
const FLAGS = {
  full: { text: 'the long parts too' },
  simulator: { text: 'without the kernel side: no system packages, no compiler' },
  'no-system': { text: 'never install system packages; say which are missing' },
  help: { text: 'this text' },
};

const INTRO = `Usage: npm test -- [flags] [-- arguments for vitest]

Sets up what is missing, then checks style and types and runs every test.`;

const OUTRO = 'Example: npm test -- -- packages/fluxnet-proto runs the tests of one folder.';

async function main() {
  const { flags, rest } = parseFlags(process.argv.slice(2), FLAGS, 'npm test --');
  if (flags.help) {
    process.stdout.write(helpText(INTRO, FLAGS, OUTRO));
    return 0;
  }
  const simulator = flags.simulator === true;
  const full = flags.full === true;
  try {
    await setup({ simulator, system: !flags['no-system'] });
  } catch (error) {
    return tellSetupFailed(error);
  }
  const kernelRequired = !simulator && process.platform === 'linux' && process.getuid?.() === 0;
  const checks = [
    await check('lint', ['@biomejs/biome', 'bin', 'biome'], ['check', '.']),
    await check('types', ['typescript', 'bin', 'tsc'], ['-p', 'tsconfig.json', '--noEmit']),
  ];
  const exit = await runTests(rest, testEnvironment({ full, simulator, kernelRequired }));
  const summary = summarize({
    checks,
    report: readReport(),
    exit,
    // A name pattern skips what it does not select; that says nothing about the machine.
    kernelRequired: kernelRequired && !rest.some((word) => /^(-t|--testNamePattern)/.test(word)),
    full,
  });
  for (const problem of summary.problems) process.stderr.write(`✗ ${problem}\n`);
  process.stdout.write(`${closingLine(summary)}\n`);
  return summary.failed === 0 ? 0 : 1;
}

/**
 * Whoever reads the closing line finds one here too.
 * @param {unknown} error
 */
function tellSetupFailed(error) {
  if (!(error instanceof SetupError)) throw error;
  process.stderr.write(describeFailure(error));
  process.stdout.write(`${closingLine({ passed: 0, failed: 1, skipped: 0 })}\n`);
  return 1;
}

/**
 * @param {string} name
 * @param {string[]} tool its path in node_modules
 * @param {string[]} args
 */
async function check(name, tool, args) {
  const exit = await runShown([process.execPath, inRoot('node_modules', ...tool), ...args]);
  return { name, passed: exit === 0 };
}

/** @param {{ full: boolean, simulator: boolean, kernelRequired: boolean }} options */
function testEnvironment({ full, simulator, kernelRequired }) {
  return {
    ...process.env,
    ...(full && { FLUXNET_FULL: '1' }),
    ...(simulator && { FLUXNET_NO_NATIVE: '1' }),
    ...(kernelRequired && { FLUXNET_REQUIRE_KERNEL: '1' }),
  };
}

/**
 * @param {string[]} rest
 * @param {NodeJS.ProcessEnv} env
 */
function runTests(rest, env) {
  rmSync(REPORT, { force: true });
  const vitest = inRoot('node_modules', 'vitest', 'vitest.mjs');
  // Interfaces that tests make end with this namespace, however the tests end.
  const isolated = env.FLUXNET_REQUIRE_KERNEL === '1' ? ['unshare', '--net'] : [];
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${REPORT}`];
  return runShown([...isolated, process.execPath, vitest, 'run', ...reporters, ...rest], { env });
}

/** @returns {import('./lib/summary.mjs').VitestReport | undefined} */
function readReport() {
  return existsSync(REPORT) ? JSON.parse(readFileSync(REPORT, 'utf8')) : undefined;
}

await runMain(main);
