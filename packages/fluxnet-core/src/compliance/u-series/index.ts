import type { Series } from '../case.js';
import { attachCases } from './attach.js';
import { bindCases } from './bind.js';
import { optionCases } from './options.js';
import { outOfReach } from './out-of-reach.js';
import { ringCases } from './rings.js';
import { socketMapCases } from './socket-map.js';
import { systemCallCases } from './system-calls.js';
import { umemCases } from './umem.js';

/** The interface to user space: every error of §2.1, §2.8 and §2.12 of the specification. */
export const uSeries: Series = {
  name: 'U: interface to user space',
  cases: [
    ...ringCases,
    ...umemCases,
    ...optionCases,
    ...bindCases,
    ...systemCallCases,
    ...socketMapCases,
    ...attachCases,
    ...outOfReach,
  ],
};
