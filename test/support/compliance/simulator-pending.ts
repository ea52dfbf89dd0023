/** Cases that the kernel passes and the simulator not yet. */
export const pending: ReadonlySet<string> = new Set([]);
