import { openChecksum } from './checksum.js';
import type { ContenderConfig } from './config.js';
import { openDecode } from './decode.js';
import { openFilter } from './filter.js';
import { type Job, spin } from './job.js';
import { openL2fwd } from './l2fwd.js';
import { openIpv4Lpm, openIpv6Lpm } from './lpm.js';
import { openRingPass } from './ring-pass.js';
import { openRxdrop } from './rxdrop.js';
import { serve } from './serve.js';
import { openSimForward } from './sim-forward.js';
import { openTxonly } from './txonly.js';

/** The fluxnet side of a case, in a process of its own. */
const OPEN: Readonly<
  Record<ContenderConfig['job'], (config: ContenderConfig) => Job | Promise<Job>>
> = {
  rxdrop: async (config) => spin(await openRxdrop(config)),
  txonly: async (config) => spin(await openTxonly(config)),
  l2fwd: openL2fwd,
  'ring-pass': (config) => spin(openRingPass(config)),
  decode: (config) => spin(openDecode(config)),
  checksum: (config) => spin(openChecksum(config)),
  filter: (config) => spin(openFilter(config)),
  'lpm-ipv4': (config) => spin(openIpv4Lpm(config)),
  'lpm-ipv6': (config) => spin(openIpv6Lpm(config)),
  'sim-forward': (config) => spin(openSimForward(config)),
};

const config = JSON.parse(process.argv[2]!) as ContenderConfig;
await serve(await OPEN[config.job](config));
