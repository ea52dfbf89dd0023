import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hasKernel, makeVethPair, type VethPair } from '../../../../test/support/kernel.js';

const core = fileURLToPath(new URL('../../dist/index.js', import.meta.url));

/** Runs code in a process that can collect garbage when it wants to; what it prints is JSON. */
function run(ifname: string, code: string): unknown {
  const program = `
    import { kernelBackend, Umem, Xsk } from ${JSON.stringify(core)};
    const ifname = ${JSON.stringify(ifname)};
    const warnings = [];
    process.on('warning', ({ name, code, message }) => warnings.push([name, code, message]));
    const turn = () => new Promise((resolve) => setTimeout(resolve, 5));
    async function collect(done) {
      for (let i = 0; i < 200 && !done(); i++) { gc(); await turn(); }
    }
    const redirect = { ifname, attachMode: 'auto', maxQueues: 1, source: { kind: 'redirect' } };
    ${code}`;
  const args = ['--expose-gc', '--no-warnings', '--input-type=module', '-e', program];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }));
}

describe.runIf(hasKernel)('[kernel] an object that is lost while open', () => {
  let pair: VethPair;

  beforeEach(() => {
    pair = makeVethPair();
  });

  afterEach(() => pair.remove());

  it('is warned about once, by name, and gives its queue back in the end', async () => {
    const warnings = run(
      pair.a,
      `await (async () => {
         const umem = await Umem.open(kernelBackend, { frameCount: 16 });
         await Xsk.open(umem, { ifname });
         kernelBackend.openProgram(redirect);
       })();
       await collect(() => warnings.length === 2);
       await collect(() => kernelBackend.interfaceInfo(ifname).program === undefined);
       for (let i = 0; i < 10; i++) { gc(); await turn(); }
       const umem = await Umem.open(kernelBackend, { frameCount: 16 });
       await Xsk.open(umem, { ifname });
       umem.close();
       console.log(JSON.stringify(warnings.sort()));`,
    );
    expect(warnings).toEqual([
      [
        'FluxWarning',
        'FLUX_LEAKED',
        `a memory of 32768 bytes was collected while open, with ${pair.a} queue 0`,
      ],
      ['FluxWarning', 'FLUX_LEAKED', `an XDP program on ${pair.a} was collected while open`],
    ]);
  });

  it('is not warned about when it was closed, is in use, or was exported', () => {
    const warnings = run(
      pair.a,
      `const used = await Umem.open(kernelBackend, { frameCount: 16 });
       await (async () => {
         const umem = await Umem.open(kernelBackend, { frameCount: 16 });
         await Xsk.open(umem, { ifname });
         const program = kernelBackend.openProgram(redirect);
         program.close();
         umem.close();
         kernelBackend.openPollSet().close();
         (await Umem.open(kernelBackend, { frameCount: 16 })).export();
       })();
       for (let i = 0; i < 30; i++) { gc(); await turn(); }
       console.log(JSON.stringify(warnings), used.closed ?? '');`,
    );
    expect(warnings).toEqual([]);
  });

  it('is told from a foreign owner when something still refers to its rings', () => {
    const error = run(
      pair.a,
      `const kept = await (async () => {
         const umem = await Umem.open(kernelBackend, { frameCount: 16 });
         return (await Xsk.open(umem, { ifname })).rx;
       })();
       await collect(() => warnings.length === 1);
       for (let i = 0; i < 10; i++) { gc(); await turn(); }
       const umem = await Umem.open(kernelBackend, { frameCount: 16 });
       const error = await Xsk.open(umem, { ifname }).catch((error) => error);
       const { code, context, message } = error;
       console.log(JSON.stringify({ code, holder: context?.holder, message, size: kept.size }));`,
    );
    expect(error).toMatchObject({ code: 'FLUX_QUEUE_BUSY', holder: 'mapping', size: 2048 });
    expect((error as Error).message).toContain('still mapped in this process');
  });
});
