import { readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** As in paths of sysfs: `0000:03:00.0`, `virtio0`. Nothing that leaves its folder. */
const NAME = /^[\w:-][\w:.-]*$/;

/**
 * The NUMA node of a device. Found through its bus, because /sys/class/net shows the interfaces of
 * the network namespace that sysfs was mounted in, which need not be ours; /sys/bus is the same
 * everywhere. Undefined on a machine with one node, and where sysfs is not mounted.
 */
export function numaNode(
  { bus, device }: { readonly bus: string; readonly device: string },
  sysfs = '/sys',
): number | undefined {
  if (!NAME.test(bus) || !NAME.test(device)) return undefined;
  let folder: string;
  try {
    folder = realpathSync(join(sysfs, 'bus', bus, 'devices', device));
  } catch {
    return undefined;
  }
  // Devices on a bus of the kernel's own (virtio) sit below the one on the board.
  for (; folder.startsWith(`${sysfs}/devices/`); folder = dirname(folder)) {
    try {
      const node = Number.parseInt(readFileSync(join(folder, 'numa_node'), 'utf8'), 10);
      return node >= 0 ? node : undefined;
    } catch {
      // Not told here.
    }
  }
  return undefined;
}
