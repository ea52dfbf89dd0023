// For users

export type { Backend, FluxErrorCode } from 'fluxnet-core';
export { errorCodes, FluxError, isFluxError, kernelBackend } from 'fluxnet-core';
export { Batch, DROP } from './engine/batch.js';
export { FluxEngine } from './engine/engine.js';
export type { BatchHandler, EngineOptions, PortOptions } from './engine/options.js';
export type {
  Effective,
  EngineStats,
  FrameLedger,
  PortStats,
  RingLevel,
} from './engine/stats.js';
