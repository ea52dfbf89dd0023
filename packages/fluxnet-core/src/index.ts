// For users

// For integrators: the contract that every backend implements
export type { Backend } from './contract/backend.js';
export type { Capabilities, Feature } from './contract/capabilities.js';
export type { Clock, Timer } from './contract/clock.js';
export type {
  AttachedProgram,
  InterfaceInfo,
  LinkEvent,
  LinkWatch,
} from './contract/interface.js';
export type { Memory, MemoryOptions, Pages, PagesOption } from './contract/memory.js';
export type { PollSet } from './contract/poll-set.js';
export type {
  AttachMode,
  Program,
  ProgramCounters,
  ProgramOptions,
  ProgramSource,
} from './contract/program.js';
export type { Queue, QueueOptions } from './contract/queue.js';
export type { RingRegion } from './contract/ring.js';
export { DESC_CONTINUED, RING_NEED_WAKEUP } from './contract/ring.js';
export type { Exported, Shareable } from './contract/sharing.js';
export type {
  BindOptions,
  CopyMode,
  Readiness,
  Socket,
  SocketOptions,
  SocketStatistics,
} from './contract/socket.js';
export type { UmemOptions, UmemRegistration } from './contract/umem.js';
export { errno, errnoName } from './errno.js';
export type { FluxErrorCode, FluxErrorDetails } from './errors.js';
export { errorCodes, FluxError, isFluxError } from './errors.js';
