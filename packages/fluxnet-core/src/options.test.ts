import { expect, it } from 'vitest';
import { isFluxError } from './errors.js';
import {
  checkBoolean,
  checkInteger,
  checkKeys,
  checkOneOf,
  checkPowerOfTwo,
  checkString,
} from './options.js';

function thrown(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  return undefined;
}

it('names an unknown key and the one that was meant', () => {
  const error = thrown(() => checkKeys('xsk', { ifName: 'eth0' }, ['ifname', 'queueId']));
  expect(isFluxError(error, 'FLUX_UNKNOWN_OPTION')).toBe(true);
  expect(error).toMatchObject({ hint: 'did you mean ifname?', context: { path: 'xsk.ifName' } });
});

it.each([null, 'text', [], 7])('refuses %j for an options object', (value) => {
  const error = thrown(() => checkKeys('xsk', value as object, []));
  expect(isFluxError(error, 'FLUX_INVALID_OPTION')).toBe(true);
});

const NOT_INTEGERS = [
  Number.NaN,
  0.5,
  -1,
  11,
  2 ** 32,
  2 ** 53,
  Infinity,
  '5',
  null,
  undefined,
  5n,
];

it.each(NOT_INTEGERS)(
  'refuses %s for an integer from 0 to 10, with path, value and range',
  (value) => {
    const error = thrown(() => checkInteger('a.b', value, 0, 10));
    expect(error).toMatchObject({
      code: 'FLUX_INVALID_OPTION',
      context: { path: 'a.b', value, allowed: 'an integer from 0 to 10' },
    });
  },
);

it.each([0, 3, 1000, 2 ** 17, -2, Number.NaN])('refuses %s for a power of two', (value) => {
  const error = thrown(() => checkPowerOfTwo('xsk.rxRingSize', value, 1, 65536));
  expect(error).toMatchObject({ code: 'FLUX_INVALID_OPTION' });
  expect(String(error)).toContain('a power of two from 1 to 65536');
});

it('returns what is allowed', () => {
  expect(checkInteger('a', 10, 0, 10)).toBe(10);
  expect(checkPowerOfTwo('a', 65536, 1, 65536)).toBe(65536);
  expect(checkOneOf('a', 'copy', ['auto', 'copy'])).toBe('copy');
  expect(checkBoolean('a', false)).toBe(false);
  expect(checkString('a', 'eth0')).toBe('eth0');
});

it('refuses other types', () => {
  for (const call of [
    () => checkOneOf('a', 'Copy', ['auto', 'copy']),
    () => checkBoolean('a', 1),
    () => checkString('a', ''),
  ]) {
    expect(isFluxError(thrown(call), 'FLUX_INVALID_OPTION')).toBe(true);
  }
});
