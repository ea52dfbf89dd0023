import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { hasKernel } from '../../../test/support/kernel.js';
import { BenchNetwork, removeLeftovers } from './network.js';

const exists = (namespace: string) => existsSync(`/run/netns/${namespace}`);

describe.runIf(hasKernel)('[kernel] a benchmark network', () => {
  it('is a namespace of its own with its wires, and is removed, twice if need be', async () => {
    const network = new BenchNetwork();
    try {
      await network.create();
      const wires = [await network.addWire(), await network.addWire()];
      const json = execFileSync('ip', ['-n', network.namespace, '-json', 'link', 'show', 'up']);
      // A link that the filter leaves out is an empty object.
      const links = JSON.parse(String(json)) as { ifname?: string }[];
      const names = links.flatMap(({ ifname = 'lo' }) => (ifname === 'lo' ? [] : [ifname]));
      expect(names.toSorted()).toEqual(wires.flatMap(({ near, far }) => [near, far]).toSorted());
    } finally {
      await network.remove();
    }
    expect(exists(network.namespace)).toBe(false);
    await network.remove();
  });

  it('of a killed run is removed at the next start, that of a living one is not', async () => {
    const { pid: deadPid } = spawnSync('true');
    const dead = `fluxnet-bench-${deadPid}-0`;
    const living = new BenchNetwork();
    execFileSync('ip', ['netns', 'add', dead]);
    try {
      await living.create();
      expect(await removeLeftovers()).toContain(dead);
      expect(exists(dead)).toBe(false);
      expect(exists(living.namespace)).toBe(true);
    } finally {
      await living.remove();
    }
  });
});
