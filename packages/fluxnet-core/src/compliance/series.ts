import { cSeries } from './c-series/index.js';
import type { Series } from './case.js';
import { fSeries } from './f-series/index.js';
import { kSeries } from './k-series/index.js';
import { lSeries } from './l-series/index.js';
import { pSeries } from './p-series/index.js';
import { rSeries } from './r-series/index.js';
import { sSeries } from './s-series/index.js';
import { tSeries } from './t-series/index.js';
import { uSeries } from './u-series/index.js';

/** The catalogue, as far as it concerns a backend (not the engine, not the system). */
export const allSeries: readonly Series[] = [
  kSeries,
  uSeries,
  rSeries,
  tSeries,
  pSeries,
  cSeries,
  lSeries,
  fSeries,
  sSeries,
];
