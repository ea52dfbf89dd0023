import type { Series } from './case.js';
import { kSeries } from './k-series/index.js';
import { rSeries } from './r-series/index.js';
import { tSeries } from './t-series/index.js';
import { uSeries } from './u-series/index.js';

/** The catalogue, as far as it concerns a backend (not the engine, not the system). */
export const allSeries: readonly Series[] = [kSeries, uSeries, rSeries, tSeries];
