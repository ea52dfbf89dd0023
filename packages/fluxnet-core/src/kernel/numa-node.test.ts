import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { numaNode } from './numa-node.js';

describe('numaNode', () => {
  let sysfs: string;

  beforeAll(() => {
    sysfs = realpathSync(mkdtempSync(join(tmpdir(), 'fluxnet-sysfs-')));
    const add = (bus: string, path: string, node?: number) => {
      const folder = join(sysfs, 'devices', path);
      mkdirSync(folder, { recursive: true });
      mkdirSync(join(sysfs, 'bus', bus, 'devices'), { recursive: true });
      symlinkSync(folder, join(sysfs, 'bus', bus, 'devices', basename(path)));
      if (node !== undefined) writeFileSync(join(folder, 'numa_node'), `${node}\n`);
    };
    add('pci', 'pci0000:00/0000:00:05.0', 1);
    add('pci', 'pci0000:00/0000:00:06.0', -1);
    add('virtio', 'pci0000:00/0000:00:05.0/virtio2');
    add('usb', 'platform/1-1:1.0');
  });

  afterAll(() => rmSync(sysfs, { recursive: true }));

  it.each([
    ['pci', '0000:00:05.0', 1],
    ['pci', '0000:00:06.0', undefined],
    ['virtio', 'virtio2', 1],
    ['usb', '1-1:1.0', undefined],
  ])('of %s %s is %s', (bus, device, node) => {
    expect(numaNode({ bus, device }, sysfs)).toBe(node);
  });

  it('does not leave the folder of the bus, and knows nothing of what is not there', () => {
    for (const [bus, device] of [
      ['..', 'x'],
      ['pci', '../../../../etc'],
      ['pci', '.'],
      ['pci', ''],
      ['pci', 'nosuch'],
    ] as const) {
      expect(numaNode({ bus, device })).toBeUndefined();
    }
  });
});
