import { readdirSync, readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hasKernel, held, makeVethPair, type VethPair } from '../../../../test/support/kernel.js';
import { Umem } from '../umem.js';
import { Xsk } from '../xsk.js';
import { kernelBackend } from './kernel-backend.js';

const full = process.env.FLUXNET_FULL === '1';
const RSS_SLACK = 2 * 2 ** 20;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** What is held once everything that can be collected has been. */
async function level() {
  for (let i = 0; i < 5; i++) {
    collect();
    await kernelBackend.clock.sleep(5); // Finalizers run between turns.
  }
  const { rss, heapTotal } = process.memoryUsage();
  return {
    // V8 lets its young generation grow to 16 MiB, whatever is left alive in it.
    resident: rss - heapTotal,
    fds: readdirSync('/proc/self/fd').length,
    mappings: readFileSync('/proc/self/maps', 'utf8').split('\n').length,
    ours: held(),
  };
}

describe.runIf(hasKernel)('[kernel] opening and closing one queue', () => {
  let pair: VethPair;

  beforeEach(() => {
    pair = makeVethPair();
  });

  afterEach(() => pair.remove());

  async function openAndClose(): Promise<void> {
    const umem = await Umem.open(kernelBackend, { frameCount: 64 });
    const xsk = await Xsk.open(umem, { ifname: pair.a });
    const program = kernelBackend.openProgram({
      ifname: pair.a,
      attachMode: 'auto',
      maxQueues: 1,
      source: { kind: 'redirect' },
    });
    program.setSocket(xsk.socket);
    umem.bytes.fill(1);
    program.close();
    umem.close();
  }

  /** @returns by how many bytes the process has grown since it was settled */
  async function repeat(times: number, settled: number): Promise<number> {
    for (let i = 0; i < settled; i++) await openAndClose();
    const before = await level();
    for (let i = settled; i < times; i++) await openAndClose();
    const after = await level();
    expect(after.ours).toEqual(before.ours);
    expect(after.fds).toBe(before.fds);
    // A tenth of what keeping one range of each would have left; V8 maps for itself, too.
    expect(after.mappings).toBeLessThan(before.mappings + 0.1 * (times - settled) + 10);
    return after.resident - before.resident;
  }

  it('leaves nothing behind, a hundred times', async () => {
    await repeat(100, 20);
  }, 60_000);

  it.runIf(full)(
    '[full] leaves nothing behind, and does not grow, a thousand times',
    async () => {
      expect(await repeat(1000, 100)).toBeLessThan(RSS_SLACK);
    },
    300_000,
  );
});
