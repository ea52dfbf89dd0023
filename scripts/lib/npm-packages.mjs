// @ts-check
import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fingerprint, Stamp } from './fingerprint.mjs';
import { inRoot } from './paths.mjs';
import { runLogged } from './run.mjs';

/** In node_modules, so that it goes when that folder goes. */
const STAMP = ['node_modules', '.cache', 'fluxnet', 'npm'];

/** @param {import('./progress.mjs').Progress} progress */
export async function ensureNpmPackages(progress) {
  const stamp = new Stamp(inRoot(...STAMP));
  const wanted = fingerprint([inRoot('package-lock.json')], {
    extra: [process.version, process.platform, process.arch],
  });
  const done = stamp.read();
  if (done === wanted) return;
  if (done !== undefined || !installedByHand()) await progress.run('npm packages', install);
  stamp.write(wanted);
}

/** Somebody's own `npm ci` counts as well as ours. */
function installedByHand() {
  const installed = inRoot('node_modules', '.package-lock.json');
  if (!existsSync(installed)) return false;
  return matchesLock(readJson(installed), readJson(inRoot('package-lock.json')));
}

/**
 * @typedef {{ version?: string, optional?: boolean, link?: boolean, devOptional?: boolean }} Locked
 * @typedef {{ packages?: Record<string, Locked> }} Lockfile
 */

/**
 * Whether npm's own list of what it installed is what the lockfile asks for.
 * @param {Lockfile} installed
 * @param {Lockfile} lock
 */
export function matchesLock(installed, lock) {
  const have = installed.packages ?? {};
  const want = lock.packages ?? {};
  return (
    Object.entries(have).every(([path, { version }]) => want[path]?.version === version) &&
    Object.entries(want).every(([path, entry]) => {
      // Optional packages made for other platforms are in the lockfile only, like the root itself.
      return path === '' || path in have || entry.optional === true;
    })
  );
}

/**
 * @param {string} file
 * @returns {Lockfile}
 */
function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

function install() {
  // A silent caller must not silence the log that explains a failure.
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=warn'];
  const hint = 'check that the npm registry can be reached, then start again';
  return runLogged('npm-ci', [...npmCommand(), ...args], {
    hint,
    shell: process.platform === 'win32',
  });
}

/** The npm that runs this script, else the one on the PATH. */
function npmCommand() {
  const running = process.env.npm_execpath;
  return running && basename(running) === 'npm-cli.js' ? [process.execPath, running] : ['npm'];
}
