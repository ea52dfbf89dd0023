// For users

export type { Backend, FluxErrorCode } from 'fluxnet-core';
export { errorCodes, FluxError, isFluxError, kernelBackend } from 'fluxnet-core';
export type { TxFull } from './datapath/dispatcher.js';
export type { Effective, EffectivePort } from './datapath/effective.js';
export type { FrameLedger } from './datapath/frame-ledger.js';
export type {
  Drops,
  PortStats,
  QueueStats,
  RingLevel,
  RingLevels,
  TrafficStats,
} from './datapath/stats.js';
export { FluxEngine } from './engine/engine.js';
export type { EngineStats } from './engine/stats.js';
export type { DatapathOptions, PollerKind } from './options/datapath-options.js';
export type { BatchHandler, EngineOptions } from './options/engine-options.js';
export type { PortOptions } from './options/port-options.js';
export type { Preset, PresetValues } from './options/presets.js';
export { presets } from './options/presets.js';
export { Batch } from './packet/batch.js';
export type { Headers } from './packet/headers.js';
export { Packet } from './packet/packet.js';
export { DROP } from './packet/packet-table.js';
export type { PollerStats } from './polling/poll-meter.js';
