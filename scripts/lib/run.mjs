// @ts-check
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { SetupError } from './errors.mjs';
import { inRoot, ROOT } from './paths.mjs';
import { withSystemPath } from './system.mjs';

/** Enough of a log to show the cause of a failure. */
const TAIL_LINES = 40;

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env]
 * @property {boolean} [shell]
 */

/** @param {string} name */
export const logFile = (name) => inRoot('.cache', 'logs', `${name}.log`);

/**
 * Runs a command with its output in a log file, of which only the end is shown, on failure.
 * @param {string} name of the log
 * @param {string[]} command
 * @param {RunOptions & { hint?: string }} [options]
 */
export async function runLogged(name, command, { hint, ...options } = {}) {
  const log = logFile(name);
  mkdirSync(dirname(log), { recursive: true });
  const file = openSync(log, 'w');
  try {
    const code = await exitCodeOf(command, ['ignore', file, file], options);
    if (code === 0) return;
    const tail = readFileSync(log, 'utf8').trimEnd().split('\n').slice(-TAIL_LINES).join('\n');
    const where = `the whole log: ${relative(ROOT, log)}`;
    const next = hint ? `${hint} (${where})` : where;
    throw new SetupError(`${command.join(' ')} failed (${code})`, next, tail);
  } finally {
    closeSync(file);
  }
}

/**
 * Runs a command on this terminal.
 * @param {string[]} command
 * @param {RunOptions} [options]
 * @returns {Promise<number | string>} its exit code, or the signal that ended it
 */
export function runShown(command, options = {}) {
  return exitCodeOf(command, 'inherit', options);
}

/**
 * @param {string[]} command
 * @param {import('node:child_process').StdioOptions} stdio
 * @param {RunOptions} options
 * @returns {Promise<number | string>}
 */
function exitCodeOf(
  [program = '', ...args],
  stdio,
  { cwd = ROOT, env = process.env, shell = false },
) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env: withSystemPath(env), stdio, shell });
    child.once('error', (error) =>
      reject(new SetupError(`${program} could not be started: ${error.message}`)),
    );
    child.once('close', (code, signal) => resolve(code ?? signal ?? 1));
  });
}
