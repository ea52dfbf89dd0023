// @ts-check
import { SetupError } from './errors.mjs';

/**
 * @typedef {Record<string, { text: string, value?: string }>} FlagTable what each flag does and,
 *   where it takes a value, what to call that in the help
 * @typedef {{ flags: Record<string, boolean | string>, rest: string[] }} Arguments
 */

/**
 * Reads `--flag`, `--name value` and `--name=value`; what follows `--` is handed on.
 * @param {string[]} argv
 * @param {FlagTable} table
 * @param {string} command how the script is called, for the hint
 * @returns {Arguments}
 */
export function parseFlags(argv, table, command) {
  const end = argv.includes('--') ? argv.indexOf('--') : argv.length;
  const words = argv.slice(0, end);
  /** @type {Record<string, boolean | string>} */
  const flags = {};
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    const [, name = '', inline] = word.match(/^--([^=]+)(?:=(.*))?$/s) ?? [];
    const flag = Object.hasOwn(table, name) ? table[name] : undefined;
    if (!flag)
      throw usage(`unknown ${word.startsWith('-') ? 'flag' : 'argument'} ${word}`, command);
    if (flag.value) {
      const value = inline ?? words.shift();
      if (!value) throw usage(`--${name} needs a value`, command);
      flags[name] = value;
    } else {
      if (inline !== undefined) throw usage(`--${name} takes no value`, command);
      flags[name] = true;
    }
  }
  return { flags, rest: argv.slice(end + 1) };
}

/**
 * @param {string} message
 * @param {string} command
 */
function usage(message, command) {
  return new SetupError(message, `${command} --help lists what there is`);
}

/**
 * @param {string} intro
 * @param {FlagTable} table
 * @param {string} [outro]
 */
export function helpText(intro, table, outro = '') {
  const names = Object.entries(table).map(([name, { value, text }]) => {
    return [value ? `--${name} <${value}>` : `--${name}`, text];
  });
  const width = Math.max(...names.map(([name]) => name.length));
  const lines = names.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`);
  return `${intro}\n\n${lines.join('\n')}\n${outro ? `\n${outro}\n` : ''}`;
}
