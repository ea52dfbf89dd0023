/** From the first to the last, both included, ascending and apart. */
export type Ranges<T extends number | bigint> = readonly (readonly [T, T])[];

/** Sorts ranges and joins those that overlap or touch. */
export function joinRanges<T extends number | bigint>(ranges: Ranges<T>): Ranges<T> {
  const sorted = [...ranges].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const joined: [T, T][] = [];
  for (const [from, to] of sorted) {
    const last = joined.at(-1);
    if (last !== undefined && from <= next(last[1])) {
      if (to > last[1]) last[1] = to;
    } else {
      joined.push([from, to]);
    }
  }
  return joined;
}

/** Is every place of `inner` in `outer`? Both as `joinRanges` returns them. */
export function covers<T extends number | bigint>(outer: Ranges<T>, inner: Ranges<T>): boolean {
  return inner.every(([from, to]) => outer.some(([low, high]) => low <= from && to <= high));
}

/** The place behind another. */
export function next<T extends number | bigint>(place: T): T {
  return (typeof place === 'bigint' ? place + 1n : (place as number) + 1) as T;
}
