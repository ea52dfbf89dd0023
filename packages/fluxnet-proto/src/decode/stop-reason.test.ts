import { expect, test } from 'vitest';
import { StopReason, stopReasonName } from './stop-reason.js';

test('every reason has its name, so the values are 0, 1, 2, … in order', () => {
  for (const [name, value] of Object.entries(StopReason)) expect(stopReasonName(value)).toBe(name);
});

test('a number that is no reason is named as a number', () => {
  expect(stopReasonName(-1)).toBe('reason -1');
  expect(stopReasonName(1000)).toBe('reason 1000');
});
