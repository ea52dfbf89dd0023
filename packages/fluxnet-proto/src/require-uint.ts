/** @throws {RangeError} also for a fraction and for what is no number */
export function requireUint(name: string, value: number, max: number): void {
  if (!(Number.isInteger(value) && value >= 0 && value <= max)) {
    throw new RangeError(`${name} is ${value}; it must be an integer from 0 to ${max}`);
  }
}
