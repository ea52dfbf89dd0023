// @ts-check
import { parseFlags } from './args.mjs';
import { SetupError } from './errors.mjs';

/** @type {import('./args.mjs').FlagTable} */
export const START_FLAGS = {
  seconds: { value: 'n', text: 'how long to run, 1 to 86400; 10 unless told otherwise' },
  json: { text: 'print one JSON object at the end, and nothing else' },
  backend: {
    value: 'name',
    text: 'kernel or simulator; without it the kernel, or the simulator where rights or platform lack',
  },
  simulator: { text: 'the same as --backend simulator; needs no system packages and no compiler' },
  'no-system': { text: 'never install system packages; say which are missing' },
  help: { text: 'this text' },
};

const COMMAND = 'npm start --';

/**
 * @param {string[]} argv
 * @returns {{ help: boolean, system: boolean, demo: import('../../examples/src/demo/main.js').DemoOptions }}
 */
export function parseStartOptions(argv) {
  const { flags, rest } = parseFlags(argv, START_FLAGS, COMMAND);
  if (rest.length > 0) throw wrong(`unknown argument ${rest[0]}`);
  const seconds = Number(flags.seconds ?? 10);
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > 86400) {
    throw wrong(`--seconds is ${flags.seconds}, allowed: an integer from 1 to 86400`);
  }
  const backend = flags.backend ?? (flags.simulator ? 'simulator' : 'auto');
  if (backend !== 'auto' && backend !== 'kernel' && backend !== 'simulator') {
    throw wrong(`--backend is ${backend}, allowed: kernel, simulator`);
  }
  if (flags.simulator && backend === 'kernel') {
    throw wrong('--simulator and --backend kernel exclude each other');
  }
  return {
    help: flags.help === true,
    system: flags['no-system'] !== true,
    demo: { seconds, backend, json: flags.json === true },
  };
}

/** @param {string} message */
function wrong(message) {
  return new SetupError(message, `${COMMAND} --help lists what there is`);
}
