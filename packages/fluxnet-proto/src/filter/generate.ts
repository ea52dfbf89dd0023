/**
 * Makes JavaScript of a test. What is generated has nothing in it but integers, which are checked to
 * be that, and words that are written here: a tree may come from anywhere.
 * Bytes are read once, and lengths are checked once, on every way through.
 */

import type { PacketFilter } from './compile.js';
import type { Test, Value } from './ir.js';

const READERS = { 1: 'getUint8', 2: 'getUint16', 4: 'getUint32' } as const;

const COMPARISONS = { '=': '===', '>': '>', '>=': '>=' } as const;

/** What is known at a place of the program. */
interface Known {
  /** Variables that have been set on every way to here. */
  readonly set: Set<string>;
  /** The packet has at least so many bytes. */
  length: number;
}

export function generateFilter(test: Test): PacketFilter {
  const source = generateSource(test);
  return new Function('view', 'offset', 'length', 'wireLength', source) as PacketFilter;
}

/** The body of a function of `view`, `offset`, `length`, `wireLength`. */
export function generateSource(test: Test): string {
  const generator = new Generator();
  generator.test(test, { set: new Set(), length: 0 });
  const variables = ['r', ...generator.variables].join(', ');
  return [
    `'use strict';`,
    `if (wireLength === undefined) wireLength = length;`,
    `let ${variables};`,
    ...generator.lines,
    'return r;',
  ].join('\n');
}

class Generator {
  readonly lines: string[] = [];
  readonly variables = new Set<string>();

  /** Adds statements that set `r`, or return false where the packet ends too early. */
  test(test: Test, known: Known): void {
    switch (test.op) {
      case 'constant':
        this.lines.push(`r = ${test.value};`);
        return;
      case 'not':
        this.test(test.operand, known);
        this.lines.push('r = !r;');
        return;
      case 'and':
      case 'or':
        this.test(test.left, known);
        this.lines.push(test.op === 'and' ? 'if (r) {' : 'if (!r) {');
        this.test(test.right, { set: new Set(known.set), length: known.length });
        this.lines.push('}');
        return;
      case 'compare': {
        const left = this.#value(test.left, known);
        const right = this.#value(test.right, known);
        this.lines.push(`r = ${left} ${COMPARISONS[test.operator]} ${right};`);
      }
    }
  }

  #value(value: Value, known: Known): string {
    switch (value.op) {
      case 'number':
        return literal(value.value);
      case 'length':
        return 'wireLength';
      case 'headerLength':
        return `((${this.#bytes(1, value.at, known)} & 15) << 2)`;
      case 'load':
        if (value.index === undefined) return this.#bytes(value.size, value.at, known);
        return this.#indexed(value.size, value.at, value.index, known);
      case 'binary':
        return this.#binary(value, known);
    }
  }

  #bytes(size: 1 | 2 | 4, at: number, known: Known): string {
    const end = literal(at + size);
    const name = `b${literal(size)}_${literal(at)}`;
    if (known.set.has(name)) return name;
    if (at + size > known.length) {
      this.lines.push(`if (!(length >= ${end})) return false;`);
      known.length = at + size;
    }
    return this.#set(name, `view.${READERS[size]}(offset + ${literal(at)})`, known);
  }

  #indexed(size: 1 | 2 | 4, at: number, index: Value, known: Known): string {
    const sum = this.#value(index, known);
    const name = `x${literal(size)}_${literal(at)}_${sum.replace(/\W/g, (sign) => `$${sign.charCodeAt(0)}`)}`;
    if (known.set.has(name)) return name;
    this.lines.push(`if (!(${sum} <= length - ${literal(at + size)})) return false;`);
    return this.#set(name, `view.${READERS[size]}(offset + ${literal(at)} + ${sum})`, known);
  }

  #binary(value: Extract<Value, { op: 'binary' }>, known: Known): string {
    const left = this.#value(value.left, known);
    const right = this.#value(value.right, known);
    switch (value.operator) {
      case '&':
        // Of a mask below 2^31 the result is positive as it is.
        if (value.right.op === 'number' && value.right.value < 0x8000_0000) {
          return `(${left} & ${right})`;
        }
        return `((${left} & ${right}) >>> 0)`;
      case '*':
        return `(Math.imul(${left}, ${right}) >>> 0)`;
      case '/':
      case '%':
        if (value.right.op !== 'number') this.lines.push(`if (${right} === 0) return false;`);
        return value.operator === '%' ? `(${left} % ${right})` : `((${left} / ${right}) >>> 0)`;
      case '<<':
      case '>>': {
        const shifted =
          value.operator === '<<' ? `((${left} << ${right}) >>> 0)` : `(${left} >>> ${right})`;
        return value.right.op === 'number' ? shifted : `(${right} > 31 ? 0 : ${shifted})`;
      }
      case '+':
      case '-':
      case '|':
      case '^':
        return `((${left} ${value.operator} ${right}) >>> 0)`;
    }
  }

  #set(name: string, value: string, known: Known): string {
    this.variables.add(name);
    this.lines.push(`${name} = ${value};`);
    known.set.add(name);
    return name;
  }
}

function literal(value: number): string {
  if (!Number.isSafeInteger(value)) throw new RangeError(`a filter has the number ${value}`);
  return String(value);
}
