// For users
export type { FaultableCall } from './kernel/call-faults.js';
export type { CapabilityName, Generation, Publication } from './kernel/profile.js';
export type {
  FrameListener,
  InterfaceCounters,
  SimInterface,
} from './network/sim-interface.js';
export type { SimInterfaceOptions, SimNetworkOptions } from './network/sim-network.js';
export { SimNetwork } from './network/sim-network.js';
