import { checkKeys, checkOneOf, invalid } from 'fluxnet-core';
import type { Batch } from '../packet/batch.js';
import {
  type CheckedDatapath,
  checkDatapathOptions,
  DATAPATH_KEYS,
  type DatapathOptions,
} from './datapath-options.js';

/** Called once per batch of received packets. Must not keep the batch, nor return a promise. */
export type BatchHandler = (batch: Batch) => void;

export interface EngineOptions extends DatapathOptions {
  readonly handler: BatchHandler;
  /**
   * When the handler throws, its batch is dropped and counted. `stop` (default) also ends `run()`
   * with the error and the packets' bytes, `continue` goes on with the next batch.
   */
  readonly onHandlerError?: 'stop' | 'continue';
}

export interface CheckedEngine extends CheckedDatapath {
  readonly handler: BatchHandler;
  readonly onHandlerError: 'stop' | 'continue';
}

const KEYS = [...DATAPATH_KEYS, 'handler', 'onHandlerError'] as const;

/** @throws {FluxError} `FLUX_INVALID_OPTION`, `FLUX_UNKNOWN_OPTION`, `FLUX_UNKNOWN_INTERFACE` */
export function checkEngineOptions(options: EngineOptions): CheckedEngine {
  checkKeys('engine', options, KEYS);
  const { handler, onHandlerError = 'stop' } = options;
  if (typeof handler !== 'function') throw invalid('engine.handler', handler, 'a function');
  return {
    ...checkDatapathOptions('engine', options),
    handler,
    onHandlerError: checkOneOf('engine.onHandlerError', onHandlerError, ['stop', 'continue']),
  };
}
