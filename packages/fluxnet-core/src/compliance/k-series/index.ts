import type { OutOfReach, Series } from '../case.js';
import { fragmentCases } from './fragments.js';
import { invalidCases } from './invalid.js';
import { pollCases } from './poll.js';
import { programCases } from './programs.js';
import { statisticsCases } from './statistics.js';
import { streamCases } from './streams.js';

const DEVICE_RINGS: readonly OutOfReach[] = [
  'K30 HW_SW_MIN_RING_SIZE, rings of the device',
  'K31 HW_SW_MAX_RING_SIZE',
].map((name) => ({
  name,
  outOfReach: 'neither veth nor the simulator has a device’s rings to resize (ethtool -G)',
}));

/** The kernel's own tests of AF_XDP (tools/testing/selftests/bpf, test_xsk.c), by their names. */
export const kSeries: Series = {
  name: 'K: the kernel’s own tests',
  cases: [
    ...streamCases,
    ...pollCases,
    ...invalidCases,
    ...statisticsCases,
    ...programCases,
    ...fragmentCases,
    ...DEVICE_RINGS,
  ].toSorted((a, b) => numberOf(a.name) - numberOf(b.name)),
};

function numberOf(name: string): number {
  return Number.parseInt(name.slice(1), 10);
}
