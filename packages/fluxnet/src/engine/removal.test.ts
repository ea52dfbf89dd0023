import { kernelBackend } from 'fluxnet-core';
import { describe, expect, it } from 'vitest';
import { hasKernel, makeVethPair } from '../../../../test/support/kernel.js';
import { FluxEngine } from './engine.js';

describe.runIf(hasKernel)('[kernel] an engine whose interface is removed', () => {
  it('ends with an error within 1.5 s, also when it is run again', async () => {
    const pair = makeVethPair();
    const engine = await FluxEngine.open({
      backend: kernelBackend,
      ports: [{ ifname: pair.a }],
      handler: () => {},
    });
    const running = engine.run();
    await kernelBackend.clock.sleep(20);
    pair.remove();
    const started = performance.now();
    await expect(running).rejects.toMatchObject({
      code: 'FLUX_INTERFACE_REMOVED',
      context: { ifname: pair.a },
    });
    expect(performance.now() - started).toBeLessThan(1500);
    await expect(engine.run()).rejects.toMatchObject({ code: 'FLUX_INTERFACE_REMOVED' });
    await engine.close();
  });
});
