import { errno } from 'fluxnet-core';
import type { TxPath } from './tx-path.js';
import { TX_BUDGET } from './tx-path.js';

const SOL_SOCKET = 1;
const SO_ERROR = 4;
const SOL_XDP = 283;
const XDP_OPTIONS = 8;
const XDP_MAX_TX_SKB_BUDGET = 9;

/** `xsk_setsockopt` for the options that take an integer. */
export function setSocketOption(
  txPath: TxPath | undefined,
  txRingSize: number,
  level: number,
  name: number,
  value: number,
): number {
  if (level !== SOL_XDP || name !== XDP_MAX_TX_SKB_BUDGET) return errno.ENOPROTOOPT;
  const budget = value >>> 0;
  if (txPath === undefined || budget < TX_BUDGET || budget > txRingSize) return errno.EACCES;
  txPath.budget = budget;
  return 0;
}

/** `xsk_getsockopt` for the options that are an integer. Bit 0 of XDP_OPTIONS: zero-copy. */
export function getSocketOption(level: number, name: number): number {
  // Set only when the interface is removed, which does not happen here yet.
  if (level === SOL_SOCKET && name === SO_ERROR) return 0;
  if (level !== SOL_XDP) return errno.ENOPROTOOPT;
  return name === XDP_OPTIONS ? 0 : errno.EOPNOTSUPP;
}
