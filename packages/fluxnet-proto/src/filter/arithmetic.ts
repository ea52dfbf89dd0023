/**
 * Arithmetic of filter expressions: numbers, `len`, `proto[index:size]`, and operators. They bind as
 * in libpcap's grammar, where `%` and `^` were never given a place: what stands to their right is
 * theirs as far as it goes.
 */

import type { ArithmeticOperator, FilterArithmetic, ProtocolName, Relation } from './ast.js';
import { PROTOCOL_NAMES } from './names.js';
import type { TokenReader } from './token-reader.js';

const RELATIONS: Readonly<Record<string, Relation>> = {
  '=': '=',
  '==': '=',
  '!=': '!=',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
};

const PRECEDENCE: Readonly<Partial<Record<string, number>>> = {
  '|': 1,
  '&': 2,
  '<<': 3,
  '>>': 3,
  '+': 4,
  '-': 4,
  '*': 5,
  '/': 5,
};
const GREEDY = ['%', '^'];
const GREEDY_PRECEDENCE = 6;
const MAX_DEPTH = 100;

/** Reads `a relation b` or, when that is not what comes, nothing. */
export function readRelation(
  reader: TokenReader,
): { left: FilterArithmetic; operator: Relation; right: FilterArithmetic } | undefined {
  if (!beginsArithmetic(reader)) return undefined;
  const start = reader.mark();
  // A parenthesis may belong to either kind of expression: the operator behind it tells.
  const isSure = !reader.is(['(']);
  let left: FilterArithmetic;
  try {
    left = readArithmetic(reader, 0);
  } catch (error) {
    if (isSure) throw error;
    reader.back(start);
    return undefined;
  }
  const operator = reader.peek().type === 'symbol' ? RELATIONS[reader.peek().text] : undefined;
  if (operator === undefined) {
    reader.back(start);
    return undefined;
  }
  reader.next();
  return { left, operator, right: readArithmetic(reader, 0) };
}

function beginsArithmetic(reader: TokenReader): boolean {
  const { type, text } = reader.peek();
  if (type === 'number' || reader.is(['-', '(', 'len', 'length'])) return true;
  return type === 'word' && isReadable(text) && reader.is(['['], 1);
}

function isReadable(text: string): boolean {
  return PROTOCOL_NAMES.has(text) || text === 'ether' || text === 'link';
}

function readArithmetic(reader: TokenReader, depth: number, minPrecedence = 1): FilterArithmetic {
  if (depth > MAX_DEPTH) throw reader.unexpected('too many levels');
  let left = readOperand(reader, depth);
  for (;;) {
    const { type, text } = reader.peek();
    const greedy = GREEDY.includes(text);
    const precedence = type === 'symbol' ? (greedy ? GREEDY_PRECEDENCE : PRECEDENCE[text]) : 0;
    if (precedence === undefined || precedence < minPrecedence || precedence === 0) return left;
    const operator = reader.next();
    const right = readArithmetic(reader, depth + 1, greedy ? 1 : precedence + 1);
    checkConstant(reader, operator, right);
    left = { type: 'binary', operator: operator.text as ArithmeticOperator, left, right };
  }
}

function checkConstant(
  reader: TokenReader,
  operator: ReturnType<TokenReader['next']>,
  right: FilterArithmetic,
): void {
  if (right.type !== 'number') return;
  if ((operator.text === '/' || operator.text === '%') && right.value === 0) {
    throw reader.fail(operator, 'division by zero');
  }
  if ((operator.text === '<<' || operator.text === '>>') && right.value > 31) {
    throw reader.fail(operator, 'shift by more than 31 bits');
  }
}

function readOperand(reader: TokenReader, depth: number): FilterArithmetic {
  if (reader.take('-')) {
    return { type: 'negative', operand: readArithmetic(reader, depth + 1, GREEDY_PRECEDENCE) };
  }
  if (reader.take('(')) {
    const inner = readArithmetic(reader, depth + 1);
    reader.expect(')');
    return inner;
  }
  if (reader.take('len', 'length')) return { type: 'length' };
  const token = reader.peek();
  if (token.type === 'number') {
    reader.next();
    return { type: 'number', value: token.value };
  }
  if (token.type === 'word' && isReadable(token.text) && reader.is(['['], 1)) {
    return readBytes(reader, depth);
  }
  throw reader.unexpected('a number or proto[index] is missing');
}

function readBytes(reader: TokenReader, depth: number): FilterArithmetic {
  const { text } = reader.next();
  reader.expect('[');
  const index = readArithmetic(reader, depth + 1);
  let size: 1 | 2 | 4 = 1;
  if (reader.take(':')) {
    const { type, value } = reader.peek();
    if (type !== 'number' || (value !== 1 && value !== 2 && value !== 4)) {
      throw reader.unexpected('a size of 1, 2 or 4 is missing');
    }
    reader.next();
    size = value;
  }
  reader.expect(']');
  const protocol = text === 'ether' || text === 'link' ? 'ether' : (text as ProtocolName);
  return { type: 'bytes', protocol, index, size };
}
