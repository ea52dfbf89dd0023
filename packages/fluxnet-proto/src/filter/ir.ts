/**
 * What a filter does with a packet: comparisons of unsigned 32-bit numbers. To read a byte that the
 * packet does not have ends the filter: the packet does not match, whatever stands around it. So
 * does a division by zero.
 */

import type { ArithmeticOperator } from './ast.js';

export type Value =
  | { readonly op: 'number'; readonly value: number }
  | { readonly op: 'length' }
  /** `size` bytes at `at`, or at `at` plus `index`: that sum does not wrap. */
  | {
      readonly op: 'load';
      readonly size: 1 | 2 | 4;
      readonly at: number;
      readonly index: Value | undefined;
    }
  /** The low half of the byte at `at`, times 4: the length of the IPv4 header there. */
  | { readonly op: 'headerLength'; readonly at: number }
  | {
      readonly op: 'binary';
      readonly operator: ArithmeticOperator;
      readonly left: Value;
      readonly right: Value;
    };

export type Test =
  | { readonly op: 'constant'; readonly value: boolean }
  | {
      readonly op: 'compare';
      readonly operator: '=' | '>' | '>=';
      readonly left: Value;
      readonly right: Value;
    }
  | { readonly op: 'and' | 'or'; readonly left: Test; readonly right: Test }
  | { readonly op: 'not'; readonly operand: Test };

export const TRUE: Test = { op: 'constant', value: true };
export const FALSE: Test = { op: 'constant', value: false };

export const number = (value: number): Value => ({ op: 'number', value });

export const load = (size: 1 | 2 | 4, at: number, index?: Value): Value => ({
  op: 'load',
  size,
  at,
  index,
});

export const equal = (left: Value, value: number): Test => ({
  op: 'compare',
  operator: '=',
  left,
  right: number(value),
});

export const masked = (left: Value, mask: number): Value =>
  mask === 0xffff_ffff ? left : { op: 'binary', operator: '&', left, right: number(mask) };

export const not = (operand: Test): Test => ({ op: 'not', operand });

export function and(first: Test, ...others: readonly Test[]): Test {
  return others.reduce((left, right) => {
    if (left.op === 'constant') return left.value ? right : left;
    return right.op === 'constant' && right.value ? left : { op: 'and', left, right };
  }, first);
}

export function or(first: Test, ...others: readonly Test[]): Test {
  return others.reduce((left, right) => {
    if (left.op === 'constant') return left.value ? left : right;
    return right.op === 'constant' && !right.value ? left : { op: 'or', left, right };
  }, first);
}
