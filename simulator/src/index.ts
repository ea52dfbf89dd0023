// For users
export type {
  FrameListener,
  InterfaceCounters,
  SimInterface,
} from './network/sim-interface.js';
export type { SimInterfaceOptions, SimNetworkOptions } from './network/sim-network.js';
export { SimNetwork } from './network/sim-network.js';
