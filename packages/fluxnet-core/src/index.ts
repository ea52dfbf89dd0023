// For users

// For integrators: the contract that every backend implements
export type { Backend } from './contract/backend.js';
export type { Capabilities, Feature } from './contract/capabilities.js';
export type { Clock, Timer } from './contract/clock.js';
export type {
  AttachedProgram,
  CurrentAndMaximum,
  InterfaceAddress,
  InterfaceInfo,
  InterfaceNapi,
  LinkChange,
  LinkEvent,
  LinkWatch,
  MasterInterface,
  NapiSettings,
  Neighbour,
  NeighbourState,
  NextHop,
  Offloads,
  ProgramOwner,
  QueueCounts,
  QueueNapi,
  RingSizes,
  Route,
  RouteType,
  SharedProgram,
  XdpDriverFeature,
  XdpFeatures,
} from './contract/interface.js';
export type { Memory, MemoryOptions, Pages, PagesOption } from './contract/memory.js';
export type { PollSet } from './contract/poll-set.js';
export type {
  AttachBy,
  AttachMode,
  Program,
  ProgramCounters,
  ProgramOptions,
  ProgramSource,
} from './contract/program.js';
export type { Queue, QueueOptions } from './contract/queue.js';
export type { RingRegion } from './contract/ring.js';
export { DESC_CONTINUED, DESC_TX_METADATA, RING_NEED_WAKEUP } from './contract/ring.js';
export type {
  Exported,
  ExportedToIsolate,
  ExportedToProcess,
  Shareable,
  ShareableByKind,
  ShareableKind,
  SharedFacts,
  SpareSockets,
} from './contract/sharing.js';
export type {
  BindOptions,
  CopyMode,
  Readiness,
  Socket,
  SocketOptions,
  SocketStatistics,
} from './contract/socket.js';
export type {
  FamilyTraffic,
  LoadPrefixesOptions,
  QueueTraffic,
  RuleTraffic,
  Steering,
  SteeringCounters,
  SteeringOptions,
  Traffic,
} from './contract/steering.js';
export type { Task } from './contract/task.js';
export type { UmemOptions, UmemRegistration } from './contract/umem.js';
export type { XdpFrame, XdpFunction, XdpVerdict } from './contract/xdp-function.js';
export { errno, errnoName } from './errno.js';
export type { FluxErrorCode, FluxErrorDetails } from './errors.js';
export { errorCodes, FluxError, isFluxError } from './errors.js';
export { FramePool } from './frame-pool.js';
export { confineToInterface, grantBusyPoll } from './kernel/grants.js';
export { kernelBackend } from './kernel/kernel-backend.js';
export { nativePath } from './kernel/load-native.js';
export type { LinkState } from './link-changes.js';
export { linkChanges } from './link-changes.js';
export type { LinkEvents, LinkEventsOptions } from './link-events.js';
export { linkEvents } from './link-events.js';
export {
  checkBoolean,
  checkInteger,
  checkKeys,
  checkOneOf,
  checkPowerOfTwo,
  checkString,
  invalid,
} from './options.js';
export type { Json } from './processes/message.js';
export type { AcceptedPeers, Peer } from './processes/peer.js';
export type { DroppedCapabilities, ThreadRights } from './processes/privileges.js';
export { dropCapabilities, setNoNewPrivileges, threadRights } from './processes/privileges.js';
export type {
  ChannelOptions,
  ChildEnd,
  ExpectedObjects,
  ReceivedMessage,
} from './processes/process-channel.js';
export { ProcessChannel } from './processes/process-channel.js';
export type { ListenerOptions } from './processes/process-listener.js';
export { ProcessListener } from './processes/process-listener.js';
export { allowedCpus, pinThread, setThreadName } from './processes/thread.js';
export { Resource } from './resource.js';
// For integrators: parts to build a backend or a mode from
export { retryWhile } from './retry.js';
export { CompletionRing } from './rings/completion-ring.js';
export { FillRing } from './rings/fill-ring.js';
export type { RingState } from './rings/ring.js';
export { RxRing } from './rings/rx-ring.js';
export type { TxMetadataEffective } from './rings/tx-metadata.js';
export { TxMetadata } from './rings/tx-metadata.js';
export { TxRequest } from './rings/tx-request.js';
export { TxRing } from './rings/tx-ring.js';
export type { BusyPollEffective } from './socket-features.js';
export type {
  OneOrMany,
  PortRange,
  ProtocolName,
  SteeringAction,
  SteeringRule,
  TcpFlagName,
} from './steering/rule.js';
export { protocolNumbers, tcpFlagBits } from './steering/rule.js';
export { SteeringModel } from './steering/steering-model.js';
export type { ExportedUmem, UmemAdoptOptions, UmemOpenOptions } from './umem.js';
export { checkPacketFits, Umem } from './umem.js';
export type { ExportedXsk, XskEffective } from './xsk.js';
export { Xsk } from './xsk.js';
export type { BusyPollOptions, XskOpenOptions, XskRingOptions } from './xsk-options.js';
