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
export type { FrameMap, QueueDump, RingDump, RingsDump } from './debug/ring-dump.js';
export { FluxEngine } from './engine/engine.js';
export type { EngineStats } from './engine/stats.js';
export type { Equation, Snapshot } from './health/conservation.js';
export { conservation } from './health/conservation.js';
export type { Finding, LinkCheck } from './health/diagnose.js';
export { diagnose } from './health/diagnose.js';
export type { PortRates } from './health/rates.js';
export { rates } from './health/rates.js';
export type { Watchable, WatchHealthOptions } from './health/watch-health.js';
export { watchHealth } from './health/watch-health.js';
export type { DatapathOptions, PollerKind } from './options/datapath-options.js';
export type { BatchHandler, EngineOptions } from './options/engine-options.js';
export type { PortOptions } from './options/port-options.js';
export type { Preset, PresetValues } from './options/presets.js';
export { presets } from './options/presets.js';
export type { RawOptions } from './options/raw-options.js';
export type { SystemOptions } from './options/system-options.js';
export { Batch } from './packet/batch.js';
export type { Headers } from './packet/headers.js';
export { Packet } from './packet/packet.js';
export { DROP } from './packet/packet-table.js';
export { PacketView } from './packet/packet-view.js';
export type { PollerStats } from './polling/poll-meter.js';
export { FluxRaw } from './raw/raw.js';
export type { RawStats } from './raw/stats.js';
export { OwnedPacket } from './system/owned-packet.js';
export type { SystemStats } from './system/system.js';
export { FluxSystem } from './system/system.js';
export { SystemBatch } from './system/system-batch.js';
export type { SystemRx } from './system/system-rx.js';
export type { Sendable, SendOptions, SystemTx } from './system/system-tx.js';
