import { ACTION_COUNT, SLOTS } from '../steering/layout.js';
import type { Native, NativeBpfMap, NativeXdpObject } from './native.js';

const NAMES = [
  'config',
  'tables',
  'bitmaps',
  'prefixes_v4',
  'prefixes_v6',
  'rule_counters',
  'set_counters',
  'action_counters',
  'grace',
  'grace_inner',
] as const;

export type SteeringMaps = Readonly<Record<(typeof NAMES)[number], NativeBpfMap>>;

export interface SteeringSizes {
  readonly maxRules: number;
  readonly maxPrefixes: number;
}

/** Most class numbers there are: tables have 16 bits for them. */
const MAX_CLASSES = 65_536;
/** Queues with counters of their own; those beyond count as the last. */
export const MAX_COUNTED_QUEUES = 256;

/**
 * Bitmaps in each slot. Every rule can bring two borders to a field, and few lists have borders of
 * their own in more than two fields per rule.
 */
export function classCapacity(maxRules: number): number {
  return Math.min(4 * maxRules + 1024, MAX_CLASSES);
}

/** Sets the sizes of the program's maps, and its constants, before it is loaded. */
export function sizeSteering(
  object: NativeXdpObject,
  { maxRules, maxPrefixes }: SteeringSizes,
  maxQueues: number,
  multiBuffer: boolean,
): void {
  const counted = Math.min(maxQueues, MAX_COUNTED_QUEUES);
  object.resizeMap('bitmaps', SLOTS * classCapacity(maxRules));
  object.resizeMap('prefixes_v4', maxPrefixes);
  object.resizeMap('prefixes_v6', maxPrefixes);
  object.resizeMap('action_counters', ACTION_COUNT * counted);
  const options = Uint32Array.of(counted - 1, multiBuffer ? 1 : 0);
  object.setConstants('.rodata.options', new Uint8Array(options.buffer));
}

/** Of a loaded object; they stay when it is closed. */
export function openSteeringMaps(native: Native, object: NativeXdpObject): SteeringMaps {
  const opened: NativeBpfMap[] = [];
  try {
    const entries = NAMES.map((name) => {
      const map = new native.BpfMap(object.mapFd(name));
      opened.push(map);
      return [name, map] as const;
    });
    return Object.fromEntries(entries) as unknown as SteeringMaps;
  } catch (error) {
    for (const map of opened) map.close();
    throw error;
  }
}
