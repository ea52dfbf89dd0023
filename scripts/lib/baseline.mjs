// @ts-check
import { existsSync } from 'node:fs';
import { SetupError } from './errors.mjs';
import { fingerprint, Stamp } from './fingerprint.mjs';
import { inRoot, NATIVE, vendorFolder } from './paths.mjs';
import { runLogged } from './run.mjs';

const FOLDER = 'bench/baseline';
const PROGRAM = `${FOLDER}/build/baseline`;

/**
 * Builds the C program that benchmarks compare with.
 * @param {import('./progress.mjs').Progress} progress
 */
export async function ensureBaseline(progress) {
  const stamp = new Stamp(inRoot('.cache', 'stamps', 'baseline'));
  const isThere = () => existsSync(inRoot(PROGRAM));
  await stamp.ensure(baselineFingerprint(), isThere, async () => {
    await progress.run('C baseline', () =>
      // All of it: make does not see that the carried libraries are others now.
      runLogged('baseline', ['make', '-B', '-C', inRoot(FOLDER), `NODE_ARCH=${process.arch}`]),
    );
    if (!isThere()) throw new SetupError(`make made no ${PROGRAM}`);
  });
}

function baselineFingerprint() {
  const sources = [
    `${FOLDER}/Makefile`,
    `${FOLDER}/src`,
    `${NATIVE}/bpf`,
    `${vendorFolder()}/manifest.json`,
  ];
  return fingerprint(
    sources.map((path) => inRoot(path)),
    { extra: [process.arch] },
  );
}
