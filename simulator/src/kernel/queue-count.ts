import { invalidOption } from './failures.js';
import type { NetDevice } from './net-device.js';

/**
 * What `ethtool -L` refuses with EINVAL (`ethtool_set_channels`, net/ethtool/channels.c;
 * `veth_set_channels`, drivers/net/veth.c).
 */
export function checkQueueCount(device: NetDevice, queueCount: number): void {
  const { peer, maxQueueCount, busyQueues, program } = device;
  const isCount = Number.isInteger(queueCount) && queueCount >= 1 && queueCount <= maxQueueCount;
  if (!isCount) throw refused(queueCount, `1 to ${maxQueueCount}`);
  const held = Math.max(-1, ...busyQueues);
  if (held >= queueCount) {
    throw refused(queueCount, `${held + 1} or more: a socket holds queue ${held}`);
  }
  if (peer === undefined) return;
  if (program?.attachMode === 'native' && queueCount < peer.queueCount) {
    throw refused(queueCount, `${peer.queueCount} or more: a program serves the peer's queues`);
  }
  if (peer.program?.attachMode === 'native' && queueCount > peer.queueCount) {
    throw refused(queueCount, `up to ${peer.queueCount}: the peer's program serves no more`);
  }
}

function refused(queueCount: number, allowed: string) {
  return invalidOption('queueCount', queueCount, allowed, 'ioctl');
}
