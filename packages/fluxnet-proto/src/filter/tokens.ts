/** The words of a filter expression, cut as libpcap cuts them: the longest that fits. */

import { readIpv6 } from '../address/ipv6-address.js';
import { CONSTANTS } from './names.js';
import { syntaxError } from './syntax-error.js';

export type TokenType =
  | 'number'
  /** `1.2`, `1.2.3`, `1.2.3.4` */
  | 'dotted'
  | 'ipv6'
  | 'mac'
  | 'word'
  /** A word behind a backslash: never a keyword. */
  | 'escaped'
  | 'symbol'
  | 'end';

export interface Token {
  readonly type: TokenType;
  readonly text: string;
  /** Of a number. */
  readonly value: number;
  readonly position: number;
}

const MAX_EXPRESSION_LENGTH = 1 << 16;
const MAX_NUMBER = 0xffff_ffff;
const SPACE = /[ \t\r\n]*/y;
const SYMBOL = /&&|\|\||<<|>>|<=|>=|!=|==|[!()[\]:/<>=+\-*%&|^]/y;
const WORD = /[A-Za-z0-9](?:[-_.A-Za-z0-9]*[.A-Za-z0-9])?/y;
const ESCAPED = /\\[^ !()\n\t]+/y;
const WITH_COLONS = /[0-9A-Fa-f:][0-9A-Fa-f:.]*/y;
const NUMBER = /^(?:0[xX][0-9A-Fa-f]+|[0-9]+)$/;
const DOTTED = /^[0-9]+(?:\.[0-9]+){1,3}$/;
const BYTE = '[0-9A-Fa-f]{1,2}';
const MAC = new RegExp(
  `^(?:${BYTE}([:.-])(?:${BYTE}\\1){4}${BYTE}|(?:[0-9A-Fa-f]{4}\\.){2}[0-9A-Fa-f]{4})$`,
);

export function tokensOf(expression: string): Token[] {
  if (expression.length > MAX_EXPRESSION_LENGTH) {
    throw syntaxError('', 0, `the expression has more than ${MAX_EXPRESSION_LENGTH} characters`);
  }
  const tokens: Token[] = [];
  let at = 0;
  for (;;) {
    at += match(SPACE, expression, at).length;
    if (at === expression.length) break;
    const token = tokenAt(expression, at);
    tokens.push(token);
    at += token.text.length;
  }
  tokens.push({ type: 'end', text: '', value: 0, position: expression.length });
  return tokens;
}

function tokenAt(expression: string, position: number): Token {
  const address = match(WITH_COLONS, expression, position);
  const word = match(WORD, expression, position);
  if (address.includes(':') && address.length > word.length) {
    if (MAC.test(address)) return { type: 'mac', text: address, value: 0, position };
    if (readIpv6(address)) return { type: 'ipv6', text: address, value: 0, position };
  }
  if (word !== '') return wordToken(expression, word, position);
  const escaped = match(ESCAPED, expression, position);
  if (escaped !== '') return { type: 'escaped', text: escaped, value: 0, position };
  const symbol = match(SYMBOL, expression, position);
  if (symbol !== '') return { type: 'symbol', text: symbol, value: 0, position };
  const bad = JSON.stringify(String.fromCodePoint(expression.codePointAt(position)!));
  throw syntaxError(expression, position, `${bad} means nothing here`);
}

function wordToken(expression: string, text: string, position: number): Token {
  if (MAC.test(text)) return { type: 'mac', text, value: 0, position };
  if (NUMBER.test(text)) {
    // A leading zero says octal, as in C.
    const octal = /^0[0-7]+$/.test(text);
    const value = octal ? Number.parseInt(text, 8) : Number(text);
    if (value > MAX_NUMBER || (!octal && /^0[0-9]+$/.test(text))) {
      throw syntaxError(expression, position, `${text} is no number of 32 bits`);
    }
    return { type: 'number', text, value, position };
  }
  if (DOTTED.test(text)) return { type: 'dotted', text, value: 0, position };
  const constant = CONSTANTS.get(text);
  if (constant !== undefined) return { type: 'number', text, value: constant, position };
  return { type: 'word', text, value: 0, position };
}

function match(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? '';
}
