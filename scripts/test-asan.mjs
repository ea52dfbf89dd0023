// @ts-check
/**
 * Runs the native tests on an addon that is built with AddressSanitizer and
 * UndefinedBehaviorSanitizer. It is built in a copy of fluxnet-core, since the everyday addon may
 * be in use.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runMain, SetupError } from './lib/errors.mjs';
import { localHeaders } from './lib/native.mjs';
import { inRoot, NATIVE } from './lib/paths.mjs';
import { Progress } from './lib/progress.mjs';
import { runLogged, runShown } from './lib/run.mjs';
import { setup } from './setup.mjs';

const CORE = 'packages/fluxnet-core';
const SANITIZE = '-fsanitize=address,undefined';
/** Parts of the repository that the native tests read. */
const COPIED = [
  `${CORE}/package.json`,
  `${CORE}/src`,
  `${CORE}/dist`,
  `${NATIVE}/binding.gyp`,
  `${NATIVE}/src`,
  `${NATIVE}/bpf`,
  `${NATIVE}/vendor`,
  'test/support',
  'docs/errors.md',
  'vitest.config.ts',
];

async function main() {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    throw new SetupError('the native tests need Linux and root');
  }
  await setup();
  // Inside the repository, so that node_modules is found from there.
  const work = mkdtempSync(inRoot('.cache', 'asan-'));
  chmodSync(work, 0o755); // One test runs a part of itself as nobody.
  try {
    for (const path of COPIED) cpSync(inRoot(path), join(work, path), { recursive: true });
    await new Progress(process.stderr).run('addon with sanitizers', () => build(work));
    return Number(await runTests(work)) === 0 ? 0 : 1;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** @param {string} work */
function build(work) {
  const nodeGyp = inRoot('node_modules', 'node-gyp', 'bin', 'node-gyp.js');
  const command = [process.execPath, nodeGyp, 'rebuild', '-C', join(work, NATIVE), '--jobs=max'];
  return runLogged('asan', command, {
    env: {
      ...process.env,
      ...localHeaders(),
      CXXFLAGS: `${SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all -g -O1`,
      LDFLAGS: SANITIZE,
    },
  });
}

/** @param {string} work */
function runTests(work) {
  const vitest = inRoot('node_modules', 'vitest', 'vitest.mjs');
  // The sanitizer has to be the first library of a process whose program is built without it.
  const library = execFileSync('gcc', ['-print-file-name=libasan.so'], { encoding: 'utf8' }).trim();
  const command = ['unshare', '--net', 'env', `LD_PRELOAD=${library}`];
  return runShown(
    [
      ...command,
      process.execPath,
      vitest,
      'run',
      '--root',
      work,
      `${CORE}/src/kernel`,
      `${CORE}/src/processes`,
    ],
    {
      env: {
        ...process.env,
        // Node itself leaves memory behind at its end.
        ASAN_OPTIONS: 'detect_leaks=0',
        UBSAN_OPTIONS: 'halt_on_error=1:print_stacktrace=1',
      },
    },
  );
}

await runMain(main);
