import {
  type AttachMode,
  type Backend,
  checkInteger,
  checkKeys,
  checkOneOf,
  checkString,
  invalid,
  type XskOpenOptions,
} from 'fluxnet-core';
import type { PresetValues } from './presets.js';

/** A port both receives and sends, on one or more queues of an interface. */
export interface PortOptions extends Omit<XskOpenOptions, 'queueId'> {
  /**
   * The queues to take packets from; a packet that arrives on another one goes to the host.
   * Default `all`, because a card spreads packets over its queues as it likes.
   */
  readonly queueIds?: readonly number[] | 'all';
  /** `auto` (default) tries native, then generic; `effective` says which it is. */
  readonly attachMode?: AttachMode | 'auto';
}

export interface CheckedPort {
  readonly queueIds: readonly number[];
  readonly attachMode: AttachMode | 'auto';
  /** For `Xsk.open`, but for the queue. */
  readonly xsk: Omit<XskOpenOptions, 'queueId'>;
}

const RING_KEYS = ['rxRingSize', 'txRingSize', 'fillRingSize', 'completionRingSize'] as const;
export const PORT_KEYS = [
  'ifname',
  'queueIds',
  'attachMode',
  'copyMode',
  'needWakeup',
  'multiBuffer',
  'busyPoll',
  'txBudget',
  ...RING_KEYS,
] as const;
const MAX_PORTS = 127;

/**
 * What `Xsk.open` checks itself is left to it; here is what it cannot know.
 * @throws {FluxError} `FLUX_INVALID_OPTION`, `FLUX_UNKNOWN_OPTION`, `FLUX_UNKNOWN_INTERFACE`,
 * `FLUX_QUEUE_OUT_OF_RANGE`
 */
export function checkPorts(
  path: string,
  ports: readonly PortOptions[],
  backend: Backend,
  preset: PresetValues,
): CheckedPort[] {
  if (!Array.isArray(ports) || ports.length < 1 || ports.length > MAX_PORTS) {
    throw invalid(path, ports, `a list of 1 to ${MAX_PORTS} ports`);
  }
  const names = new Set<string>();
  return ports.map((port: PortOptions, index) => {
    const checked = checkPort(`${path}[${index}]`, port, backend, preset);
    if (names.has(port.ifname)) {
      throw invalid(
        `${path}[${index}].ifname`,
        port.ifname,
        'an interface that is not listed yet (queueIds takes several queues)',
      );
    }
    names.add(port.ifname);
    return checked;
  });
}

export function checkPort(
  path: string,
  port: PortOptions,
  backend: Backend,
  preset: PresetValues,
): CheckedPort {
  checkKeys(path, port, PORT_KEYS);
  const { queueIds = 'all', attachMode = 'auto', ...xsk } = port;
  checkString(`${path}.ifname`, port.ifname);
  checkOneOf(`${path}.attachMode`, attachMode, ['auto', 'native', 'generic']);
  for (const ring of ['rxRingSize', 'txRingSize'] as const) {
    if (port[ring] === 0) throw invalid(`${path}.${ring}`, 0, 'a power of two');
  }
  const rings = Object.fromEntries(RING_KEYS.map((key) => [key, port[key] ?? preset.ringSize]));
  return {
    queueIds: checkQueueIds(`${path}.queueIds`, queueIds, port.ifname, backend),
    attachMode,
    xsk: { ...xsk, ...rings },
  };
}

function checkQueueIds(
  path: string,
  queueIds: readonly number[] | 'all',
  ifname: string,
  backend: Backend,
): readonly number[] {
  if (queueIds === 'all') {
    return Array.from({ length: backend.interfaceInfo(ifname).queueCount }, (_, id) => id);
  }
  if (!Array.isArray(queueIds) || queueIds.length === 0) {
    throw invalid(path, queueIds, `'all', or a list of one or more queue ids`);
  }
  queueIds.forEach((id: unknown, index) => {
    checkInteger(`${path}[${index}]`, id, 0, 65535);
    if (queueIds.indexOf(id as number) !== index) {
      throw invalid(`${path}[${index}]`, id, 'a queue that is not listed yet');
    }
  });
  return queueIds;
}
