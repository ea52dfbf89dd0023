// @ts-check
/** Sets everything up on a fresh clone; `npm start` and `npm test` call it before their own work. */
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { helpText, parseFlags } from './lib/args.mjs';
import { ensureBaseline } from './lib/baseline.mjs';
import { runMain } from './lib/errors.mjs';
import { ensureNative, ensureVendor } from './lib/native.mjs';
import { checkNodeVersion } from './lib/node-version.mjs';
import { ensureNpmPackages } from './lib/npm-packages.mjs';
import { Progress } from './lib/progress.mjs';
import { planSteps, STEP_NAMES } from './lib/steps.mjs';
import { ensureSystemPackages } from './lib/system-packages.mjs';
import { ensureTypeScript } from './lib/typescript.mjs';

/**
 * @typedef {object} SetupOptions
 * @property {boolean} [simulator] leave out what only the kernel side needs
 * @property {boolean} [system] whether system packages may be installed; true unless told otherwise
 * @property {string} [only] one step or group of steps
 * @property {import('./lib/progress.mjs').Output} [output] standard error unless told otherwise:
 *   standard output belongs to the command that is being set up
 */

/**
 * Does what is not done yet; silent when nothing is. Throws a SetupError that says what to do next.
 * @param {SetupOptions} [options]
 */
export async function setup({ simulator, system = true, only, output = process.stderr } = {}) {
  checkNodeVersion();
  const progress = new Progress(output);
  const { steps, skipped } = planSteps({ simulator, only });
  if (skipped) progress.note(skipped);
  /** @type {Record<string, () => Promise<void>>} */
  const work = {
    npm: () => ensureNpmPackages(progress),
    system: () => ensureSystemPackages(progress, { mayInstall: system }),
    vendor: () => ensureVendor(progress),
    native: () => ensureNative(progress),
    baseline: () => ensureBaseline(progress),
    typescript: () => ensureTypeScript(progress),
  };
  for (const step of steps) await work[step]();
}

/** @type {import('./lib/args.mjs').FlagTable} */
const FLAGS = {
  simulator: { text: 'without the kernel side: no system packages, no compiler' },
  'no-system': { text: 'never install system packages; say which are missing' },
  only: { value: 'step', text: `one of ${STEP_NAMES.join(', ')}` },
  help: { text: 'this text' },
};

const INTRO = `Usage: npm run setup -- [flags]

Brings a checkout to where npm start and npm test can run. What is up to date is left alone.`;

const STEP_TEXT = `Steps:
  npm         packages of package-lock.json
  system      compiler, headers and network tools, through apt-get
  vendor      libxdp, libbpf and what they need, copied beside the addon
  native      the addon
  baseline    the C program that benchmarks compare with
  typescript  the packages, in the order they need each other
  build       vendor, native, baseline and typescript`;

async function main() {
  const { flags } = parseFlags(process.argv.slice(2), FLAGS, 'npm run setup --');
  if (flags.help) {
    process.stdout.write(helpText(INTRO, FLAGS, STEP_TEXT));
    return;
  }
  await setup({
    simulator: flags.simulator === true,
    system: !flags['no-system'],
    only: typeof flags.only === 'string' ? flags.only : undefined,
  });
}

const startedDirectly =
  process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url);
if (startedDirectly) await runMain(main);
