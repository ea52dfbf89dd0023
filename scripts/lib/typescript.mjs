// @ts-check
import { existsSync, readFileSync } from 'node:fs';
import { delimiter } from 'node:path';
import { SetupError } from './errors.mjs';
import { fingerprint, Stamp } from './fingerprint.mjs';
import { inRoot } from './paths.mjs';
import { runLogged } from './run.mjs';

/** What every package's build reads besides its own folder. */
const SHARED = ['tsup.base.ts', 'tsconfig.base.json'];
const OWN = ['src', 'tsup.config.ts', 'tsconfig.json', 'package.json'];

/**
 * @typedef {object} Package
 * @property {string} name
 * @property {string} folder relative to the repository root
 * @property {string} build its build script
 * @property {string[]} needs names of the workspace's packages it builds upon
 */

/**
 * Builds every package whose sources, or whose dependencies, changed.
 * @param {import('./progress.mjs').Progress} progress
 */
export async function ensureTypeScript(progress) {
  /** @type {Map<string, string>} */
  const prints = new Map();
  /** @param {Package} each */
  const printOf = ({ name }) => prints.get(name) ?? '';
  for (const wave of buildOrder(workspacePackages())) {
    for (const each of wave) prints.set(each.name, packageFingerprint(each, prints));
    const stale = wave.filter((each) => !isBuilt(each, printOf(each)));
    if (stale.length === 0) continue;
    await progress.run(`build ${stale.map(({ name }) => name).join(', ')}`, () =>
      settleAll(stale.map((each) => build(each, printOf(each)))),
    );
  }
}

/** @returns {Package[]} those of the workspace that have something to build */
function workspacePackages() {
  const { workspaces } = readJson(inRoot('package.json'));
  const manifests = /** @type {string[]} */ (workspaces)
    .filter((folder) => existsSync(inRoot(folder, 'package.json')))
    .map((folder) => ({ folder, ...readJson(inRoot(folder, 'package.json')) }))
    .filter(({ folder, scripts }) => scripts?.build && existsSync(inRoot(folder, 'src')));
  const names = manifests.map(({ name }) => name);
  return manifests.map(({ name, folder, scripts, dependencies, devDependencies }) => ({
    name,
    folder,
    build: scripts.build,
    needs: Object.keys({ ...dependencies, ...devDependencies }).filter((to) => names.includes(to)),
  }));
}

/**
 * Waves of packages: those of one wave need only those of earlier ones and build side by side.
 * @template {Pick<Package, 'name' | 'needs'>} P
 * @param {P[]} packages
 * @returns {P[][]}
 */
export function buildOrder(packages) {
  const waves = [];
  const done = new Set();
  let left = packages;
  while (left.length > 0) {
    const wave = left.filter(({ needs }) => needs.every((name) => done.has(name)));
    if (wave.length === 0) {
      const names = left.map(({ name }) => name).join(', ');
      throw new SetupError(`these packages need each other: ${names}`);
    }
    for (const { name } of wave) done.add(name);
    left = left.filter(({ name }) => !done.has(name));
    waves.push(wave);
  }
  return waves;
}

/**
 * @param {Package} each
 * @param {Map<string, string>} prints of the packages it needs
 */
function packageFingerprint({ folder, build, needs }, prints) {
  const paths = [...OWN.map((name) => inRoot(folder, name)), ...SHARED.map((name) => inRoot(name))];
  return fingerprint(paths, {
    include: (path) => !path.endsWith('.test.ts'),
    extra: [build, ...needs.map((name) => `${name} ${prints.get(name)}`)],
  });
}

/**
 * @param {Package} each
 * @param {string} print
 */
function isBuilt(each, print) {
  return stampOf(each).read() === print && hasOutput(each);
}

/** @param {Package} each */
const stampOf = ({ name }) => new Stamp(inRoot('.cache', 'stamps', name));

/** @param {Package} each */
const hasOutput = ({ folder }) => existsSync(inRoot(folder, 'dist'));

/**
 * @param {Package} each
 * @param {string} print
 */
function build(each, print) {
  const bin = inRoot('node_modules', '.bin');
  const options = {
    cwd: inRoot(each.folder),
    env: { ...process.env, PATH: [bin, process.env.PATH].filter(Boolean).join(delimiter) },
    shell: true,
  };
  return stampOf(each).ensure(
    print,
    () => hasOutput(each),
    () => runLogged(`build-${each.name}`, [each.build], options),
  );
}

/**
 * Waits for all before telling of the first failure: no build goes on behind the message.
 * @param {Promise<void>[]} work
 */
async function settleAll(work) {
  const results = await Promise.allSettled(work);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
}

/**
 * @param {string} file
 * @returns {any}
 */
function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}
