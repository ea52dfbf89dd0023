// @ts-check
import { SetupError } from './errors.mjs';

/** Node 20.19 is the first 20.x that can `require()` an ES module without a flag. */
export const OLDEST_NODE = '20.19.0';

/**
 * @param {string} version
 * @param {string} [oldest]
 */
export function isNodeTooOld(version, oldest = OLDEST_NODE) {
  const have = numbersOf(version);
  const need = numbersOf(oldest);
  const differing = need.findIndex((part, index) => part !== have[index]);
  return differing !== -1 && (have[differing] ?? 0) < (need[differing] ?? 0);
}

/** @param {string} version */
function numbersOf(version) {
  return version.replace(/^v/, '').split('-')[0].split('.').map(Number);
}

/** @param {string} [version] */
export function checkNodeVersion(version = process.versions.node) {
  if (!isNodeTooOld(version)) return;
  throw new SetupError(
    `Node.js ${version} is too old: fluxnet needs ${OLDEST_NODE} or newer`,
    'install a newer Node.js and start again',
  );
}
