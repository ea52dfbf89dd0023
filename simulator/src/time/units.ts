export const NS_PER_US = 1_000;
export const NS_PER_MS = 1_000_000;

export function msToNs(timeMs: number): number {
  return Math.round(timeMs * NS_PER_MS);
}
