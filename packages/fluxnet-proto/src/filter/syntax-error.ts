import { ProtoError } from '../error.js';

/** The error of an expression, with a line that points to the place. */
export function syntaxError(
  expression: string,
  position: number,
  what: string,
  hint?: string,
): ProtoError {
  return new ProtoError(
    'FLUX_FILTER_SYNTAX',
    `at ${position + 1}: ${what}\n  ${expression.replace(/\s/g, ' ')}\n  ${' '.repeat(position)}^`,
    { hint, context: { expression, position } },
  );
}
