import { invalidOption } from '../kernel/failures.js';

/** A time of the simulation, in the unit that its name says. */
export function checkTime(path: string, value: number): number {
  if (value >= 0 && value <= 1e9) return value;
  throw invalidOption(path, value, '0 to 1e9');
}
