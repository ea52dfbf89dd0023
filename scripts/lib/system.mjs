// @ts-check
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where administrators' commands live; often not on a plain user's PATH. */
const ADMIN_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

/**
 * The environment with the administrators' folders on its PATH.
 * @param {NodeJS.ProcessEnv} env
 * @returns {NodeJS.ProcessEnv}
 */
export function withSystemPath(env) {
  const folders = (env.PATH ?? '').split(delimiter).filter(Boolean);
  const missing = ADMIN_FOLDERS.filter((folder) => !folders.includes(folder));
  return { ...env, PATH: [...folders, ...missing].join(delimiter) };
}

/**
 * @param {string} name
 * @param {NodeJS.ProcessEnv} [env]
 */
export function hasCommand(name, env = process.env) {
  const folders = (withSystemPath(env).PATH ?? '').split(delimiter);
  return folders.some((folder) => isExecutable(join(folder, name)));
}

/** @param {string} file */
function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
