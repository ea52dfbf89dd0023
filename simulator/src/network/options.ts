import { checkKeys } from 'fluxnet-core';
import { invalidOption } from '../kernel/failures.js';
import type { FaultRates } from '../kernel/frame-faults.js';

/** A time of the simulation, in the unit that its name says. */
export function checkTime(path: string, value: number): number {
  if (value >= 0 && value <= 1e9) return value;
  throw invalidOption(path, value, '0 to 1e9');
}

const RATES = ['drop', 'duplicate', 'corrupt', 'truncate', 'reorder', 'delay'] as const;
const TIMES = ['maxDelayMs', 'reorderHoldMs'] as const;

export function checkFaultRates(path: string, rates: FaultRates): FaultRates {
  checkKeys(path, rates, [...RATES, ...TIMES]);
  for (const name of RATES) {
    const rate = rates[name] ?? 0;
    if (!(rate >= 0 && rate <= 1)) throw invalidOption(`${path}.${name}`, rate, '0 to 1');
  }
  for (const name of TIMES) checkTime(`${path}.${name}`, rates[name] ?? 0);
  return { ...rates };
}
