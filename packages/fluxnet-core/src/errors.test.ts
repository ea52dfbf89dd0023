import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { errno, errnoName } from './errno.js';
import { errorCodes, FluxError, isFluxError } from './errors.js';

describe('FluxError', () => {
  it('says code, call, errno and the next step in its message', () => {
    const error = new FluxError('FLUX_QUEUE_BUSY', 'could not bind', {
      errno: errno.EBUSY,
      syscall: 'bind',
      hint: 'close the other socket',
    });
    expect(error.message).toBe(
      '[FLUX_QUEUE_BUSY] could not bind (bind: EBUSY)\n  hint: close the other socket',
    );
    expect(error).toMatchObject({ code: 'FLUX_QUEUE_BUSY', errno: -16, syscall: 'bind' });
  });

  it('keeps its cause', () => {
    const cause = new Error('why');
    expect(new FluxError('FLUX_SYSCALL', 'x', { cause }).cause).toBe(cause);
    expect('cause' in new FluxError('FLUX_SYSCALL', 'x')).toBe(false);
  });

  it('is told by its code, also when another copy of the package made it', () => {
    const foreign = Object.assign(new Error('x'), { name: 'FluxError', code: 'FLUX_CLOSED' });
    expect(isFluxError(foreign, 'FLUX_CLOSED')).toBe(true);
    expect(isFluxError(foreign, 'FLUX_SYSCALL')).toBe(false);
    expect(isFluxError(foreign)).toBe(true);
    for (const other of [undefined, null, {}, new Error('x'), { name: 'FluxError' }]) {
      expect(isFluxError(other)).toBe(false);
    }
  });
});

it('has every code in docs/errors.md, and no other', () => {
  const page = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8');
  const documented = [...page.matchAll(/^\| `(FLUX_[A-Z_]+)` +\|/gm)].map((match) => match[1]);
  expect(documented).toEqual(Object.keys(errorCodes));
});

it('names errno values', () => {
  expect(errnoName(-105)).toBe('ENOBUFS');
  expect(errnoName(-999)).toBe('errno 999');
});
