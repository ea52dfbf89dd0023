// For integrators: the tests that a backend of one's own has to pass
export type { Case, OutOfReach, Series } from './case.js';
export { whyNotApplicable } from './case.js';
export type {
  ComplianceEnvironment,
  FailingCall,
  HostStack,
  Machine,
  Need,
  Pair,
  PairOptions,
  Rights,
  TxGeneration,
} from './environment.js';
export type { Outcome } from './outcome.js';
export { outcomeOf } from './outcome.js';
export type { Port, PortOptions } from './port.js';
export { openPort } from './port.js';
export type { TestProgram } from './programs.js';
export type { RightsProbe } from './rights-probes.js';
export { rightsProbes } from './rights-probes.js';
export type { Descriptor } from './rings.js';
export {
  consumer,
  flags,
  peekRawAddress,
  pending,
  producer,
  pushFill,
  pushTx,
  takeCompletions,
  takeRx,
} from './rings.js';
export { allSeries } from './series.js';
export type { CaseResult, ComplianceSuiteOptions, TestFramework } from './suite.js';
export { complianceSuite } from './suite.js';
