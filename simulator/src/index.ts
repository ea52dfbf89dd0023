// For users
export type { FaultableCall } from './kernel/call-faults.js';
export type { FaultCounters, FaultRates } from './kernel/frame-faults.js';
export type { CapabilityName, Generation, Publication } from './kernel/profile.js';
export type { Trace, TraceEntry } from './kernel/trace.js';
export { corruptRing, type RingCorruption } from './network/corrupt-ring.js';
export type { RssOptions } from './network/rss.js';
export type { SimHost, SimHostOptions } from './network/sim-host.js';
export type {
  CompletionOptions,
  FaultOptions,
  FlapOptions,
  FrameListener,
  InjectOptions,
  InterfaceCounters,
  SimInterface,
} from './network/sim-interface.js';
export type {
  SimInterfaceOptions,
  SimNetworkOptions,
  VethPairOptions,
} from './network/sim-network.js';
export { SimNetwork } from './network/sim-network.js';
export { simulate } from './network/simulate.js';
