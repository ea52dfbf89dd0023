// @ts-check
import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fingerprint, Stamp } from './fingerprint.mjs';
import { inRoot } from './paths.mjs';
import { logFile, runLogged } from './run.mjs';

/** In node_modules, so that it goes when that folder goes. */
const STAMP = ['node_modules', '.cache', 'fluxnet', 'npm'];

/** @param {import('./progress.mjs').Progress} progress */
export async function ensureNpmPackages(progress) {
  const stamp = new Stamp(inRoot(...STAMP));
  const wanted = fingerprint([inRoot('package-lock.json')], {
    extra: [process.version, process.platform, process.arch],
  });
  if (stamp.read() === undefined && installedByHand()) stamp.write(wanted);
  await stamp.ensure(
    wanted,
    () => true,
    () => progress.run('npm packages', install),
  );
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

/**
 * A lockfile written where a registry did not serve the packages of other platforms lacks them, and
 * `npm ci` refuses that; `npm install` takes the same locked versions without insisting.
 */
async function install() {
  try {
    await npm('npm-ci', 'ci');
  } catch (error) {
    if (!readFileSync(logFile('npm-ci'), 'utf8').includes('EUSAGE')) throw error;
    await npm('npm-install', 'install', '--no-save');
  }
}

/**
 * @param {string} log
 * @param {string[]} args
 */
function npm(log, ...args) {
  // A silent caller must not silence the log that explains a failure.
  const quiet = ['--no-audit', '--no-fund', '--loglevel=warn'];
  return runLogged(log, [...npmCommand(), ...args, ...quiet], {
    hint: 'check that the npm registry can be reached, then start again',
    shell: process.platform === 'win32',
  });
}

/** The npm that runs this script, else the one on the PATH. */
function npmCommand() {
  const running = process.env.npm_execpath;
  return running && basename(running) === 'npm-cli.js' ? [process.execPath, running] : ['npm'];
}
