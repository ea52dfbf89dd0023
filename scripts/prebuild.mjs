// @ts-check
/**
 * Makes the binary that the published fluxnet-core carries, native/prebuilds/<platform>-<arch>.
 * It is compiled in a folder of its own: native/build may be in use.
 */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { helpText, parseFlags } from './lib/args.mjs';
import { runMain, SetupError } from './lib/errors.mjs';
import { localHeaders } from './lib/native.mjs';
import { inRoot, NATIVE } from './lib/paths.mjs';
import { Progress } from './lib/progress.mjs';
import { runLogged } from './lib/run.mjs';
import { setup } from './setup.mjs';

/** The oldest line of Node.js that is supported; Node-API makes the result good for later ones. */
const TARGET = '20.20.2';

/** What a compilation reads. */
const SOURCES = ['binding.gyp', 'src', 'bpf', 'vendor'];

/** @type {import('./lib/args.mjs').FlagTable} */
const FLAGS = {
  out: { value: 'folder', text: `where to put prebuilds/, ${NATIVE} unless told otherwise` },
  help: { text: 'this text' },
};

const INTRO = `Usage: npm run prebuilds -- [flags]

Compiles the addon for the published package, for this machine's architecture and C library.`;

async function main() {
  const { flags } = parseFlags(process.argv.slice(2), FLAGS, 'npm run prebuilds --');
  if (flags.help) {
    process.stdout.write(helpText(INTRO, FLAGS));
    return;
  }
  if (process.platform !== 'linux') throw new SetupError('the addon is made on Linux only');
  await setup({ only: 'vendor' });
  const out = typeof flags.out === 'string' ? resolve(flags.out) : inRoot(NATIVE);
  mkdirSync(inRoot('.cache'), { recursive: true });
  // Inside the repository, so that the headers in node_modules are found from there.
  const work = mkdtempSync(inRoot('.cache', 'prebuild-'));
  try {
    await new Progress(process.stderr).run('prebuilt addon', () => prebuildIn(work));
    process.stdout.write(`${publish(work, out).join('\n')}\n`);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** @param {string} work */
function prebuildIn(work) {
  for (const name of SOURCES) {
    cpSync(inRoot(NATIVE, name), join(work, name), { recursive: true });
  }
  const prebuildify = inRoot('node_modules', 'prebuildify', 'bin.js');
  const options = ['-t', TARGET, '--napi', '--strip', '--tag-libc', '--name', 'fluxnet'];
  return runLogged('prebuild', [process.execPath, prebuildify, '--cwd', work, ...options], {
    env: { ...process.env, ...localHeaders(), npm_config_jobs: 'max' },
  });
}

/**
 * @param {string} work
 * @param {string} out
 * @returns {string[]} the folders of prebuilds, one per platform
 */
function publish(work, out) {
  const made = join(work, 'prebuilds');
  const target = join(out, 'prebuilds');
  cpSync(made, target, { recursive: true });
  return readdirSync(made).map((platform) => join(target, platform));
}

await runMain(main);
