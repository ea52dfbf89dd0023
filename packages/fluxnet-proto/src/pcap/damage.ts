import { ProtoError } from '../error.js';

/** The error of a capture whose bytes cannot be right, with the place of the first of them. */
export function damaged(offset: number, what: string, hint?: string): ProtoError {
  return new ProtoError('FLUX_CAPTURE_MALFORMED', `at byte ${offset}: ${what}`, {
    hint,
    context: { offset },
  });
}

/** The error of a capture that ends within a header, a packet or a block that began at `offset`. */
export function cutShort(offset: number, left: number): ProtoError {
  return new ProtoError(
    'FLUX_CAPTURE_TRUNCATED',
    `the capture ends ${left} bytes behind byte ${offset}, within what begins there`,
    { hint: 'what was read before is sound', context: { offset } },
  );
}
