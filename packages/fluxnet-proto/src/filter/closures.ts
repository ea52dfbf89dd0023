/** Makes functions of a test where code cannot be generated. Slower, and the same in all else. */

import type { ArithmeticOperator } from './ast.js';
import type { PacketFilter } from './compile.js';
import type { Test, Value } from './ir.js';

/** 1 for yes, 0 for no; negative when the packet ends too early. */
type TestFunction = Evaluate;
type Evaluate = (view: DataView, offset: number, length: number, wireLength: number) => number;

const ENDS = -1;

export function filterOfClosures(test: Test): PacketFilter {
  const evaluate = testFunction(test);
  return (view, offset, length, wireLength = length) =>
    evaluate(view, offset, length, wireLength) === 1;
}

function testFunction(test: Test): TestFunction {
  switch (test.op) {
    case 'constant': {
      const result = test.value ? 1 : 0;
      return () => result;
    }
    case 'not': {
      const operand = testFunction(test.operand);
      return (view, offset, length, wireLength) => {
        const result = operand(view, offset, length, wireLength);
        return result < 0 ? result : 1 - result;
      };
    }
    case 'and':
    case 'or': {
      const left = testFunction(test.left);
      const right = testFunction(test.right);
      const goesOn = test.op === 'and' ? 1 : 0;
      return (view, offset, length, wireLength) => {
        const result = left(view, offset, length, wireLength);
        return result === goesOn ? right(view, offset, length, wireLength) : result;
      };
    }
    case 'compare':
      return comparison(test);
  }
}

function comparison({ operator, left, right }: Extract<Test, { op: 'compare' }>): TestFunction {
  const leftOf = valueFunction(left);
  const rightOf = valueFunction(right);
  return (view, offset, length, wireLength) => {
    const a = leftOf(view, offset, length, wireLength);
    const b = rightOf(view, offset, length, wireLength);
    if (a < 0 || b < 0) return ENDS;
    if (operator === '=') return a === b ? 1 : 0;
    return (operator === '>' ? a > b : a >= b) ? 1 : 0;
  };
}

function valueFunction(value: Value): Evaluate {
  switch (value.op) {
    case 'number': {
      const { value: constant } = value;
      return () => constant;
    }
    case 'length':
      return (_view, _offset, _length, wireLength) => wireLength;
    case 'headerLength': {
      const { at } = value;
      return (view, offset, length) =>
        at < length ? (view.getUint8(offset + at) & 15) << 2 : ENDS;
    }
    case 'load': {
      const { size, at } = value;
      const index = value.index === undefined ? undefined : valueFunction(value.index);
      return (view, offset, length, wireLength) => {
        const shift = index === undefined ? 0 : index(view, offset, length, wireLength);
        if (shift < 0 || !(shift + at + size <= length)) return ENDS;
        return read(view, offset + at + shift, size);
      };
    }
    case 'binary': {
      const { operator } = value;
      const left = valueFunction(value.left);
      const right = valueFunction(value.right);
      return (view, offset, length, wireLength) => {
        const a = left(view, offset, length, wireLength);
        const b = right(view, offset, length, wireLength);
        return a < 0 || b < 0 ? ENDS : calculate(operator, a, b);
      };
    }
  }
}

function read(view: DataView, at: number, size: 1 | 2 | 4): number {
  if (size === 1) return view.getUint8(at);
  return size === 2 ? view.getUint16(at) : view.getUint32(at);
}

function calculate(operator: ArithmeticOperator, a: number, b: number): number {
  switch (operator) {
    case '+':
      return (a + b) >>> 0;
    case '-':
      return (a - b) >>> 0;
    case '*':
      return Math.imul(a, b) >>> 0;
    case '/':
      return b === 0 ? ENDS : (a / b) >>> 0;
    case '%':
      return b === 0 ? ENDS : a % b;
    case '&':
      return (a & b) >>> 0;
    case '|':
      return (a | b) >>> 0;
    case '^':
      return (a ^ b) >>> 0;
    case '<<':
      return b > 31 ? 0 : (a << b) >>> 0;
    case '>>':
      return b > 31 ? 0 : a >>> b;
  }
}
