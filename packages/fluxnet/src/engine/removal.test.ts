import { kernelBackend } from 'fluxnet-core';
import { describe, expect, it } from 'vitest';
import { hasKernel, ip, makeVethPair } from '../../../../test/support/kernel.js';
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

  it('ends at once, by its sockets: other interfaces and names are none of its business', async () => {
    const [pair, other] = [makeVethPair(), makeVethPair()];
    const engine = await FluxEngine.open({
      backend: kernelBackend,
      ports: [{ ifname: pair.a }],
      handler: () => {},
    });
    let ended = false;
    const running = engine.run();
    const outcome = expect(running.finally(() => (ended = true))).rejects.toMatchObject({
      code: 'FLUX_INTERFACE_REMOVED',
    });
    ip(`link set ${pair.b} down`); // A state, not an error.
    other.remove();
    await kernelBackend.clock.sleep(600); // Longer than the engine's own check.
    expect(ended).toBe(false);
    pair.remove();
    ip(`link add ${pair.a} type veth peer name ${pair.b}`);
    const started = performance.now();
    await outcome;
    expect(performance.now() - started).toBeLessThan(200);
    ip(`link del ${pair.a}`);
    await engine.close();
  });
});
