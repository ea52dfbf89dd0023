/** Cases that the kernel passes and the simulator not yet. */
export const pending: ReadonlySet<string> = new Set([
  'L without a program nothing is received and sending goes on; a new one receives again',
  'F the ring classes give nothing of a ring whose indices lie',
]);
