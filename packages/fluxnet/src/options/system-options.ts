import { checkInteger, checkKeys } from 'fluxnet-core';
import {
  type CheckedDatapath,
  checkDatapathOptions,
  DATAPATH_KEYS,
  type DatapathOptions,
} from './datapath-options.js';

export interface SystemOptions extends DatapathOptions {
  /**
   * Packets that may be held beyond their batch, 1 to 65536: a frame that is held cannot receive.
   * Default a quarter of the frames.
   */
  readonly maxHeld?: number;
}

export interface CheckedSystem extends CheckedDatapath {
  readonly maxHeld: number | undefined;
}

/** @throws {FluxError} `FLUX_INVALID_OPTION`, `FLUX_UNKNOWN_OPTION`, `FLUX_UNKNOWN_INTERFACE` */
export function checkSystemOptions(options: SystemOptions): CheckedSystem {
  checkKeys('system', options, [...DATAPATH_KEYS, 'maxHeld']);
  const { maxHeld } = options;
  return {
    ...checkDatapathOptions('system', options),
    maxHeld: maxHeld === undefined ? undefined : checkInteger('system.maxHeld', maxHeld, 1, 65536),
  };
}
