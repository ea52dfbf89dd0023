import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hasKernel, makeVethPair, type VethPair } from '../../../../test/support/kernel.js';
import { errno } from '../errno.js';

const core = fileURLToPath(new URL('../../dist/index.js', import.meta.url));
const PAGE = 4096;
const NEEDED = 8 * PAGE;

/** What a user has locked is counted over all processes of the user: each child is another one. */
let uid = 1_000_000 + process.pid * 10;

/**
 * Runs a program under a limit, as a user with nothing but CAP_NET_RAW, or as root. It ends with
 * an answer in JSON, or with the error that it met.
 */
function run(limit: number, program: string, as: 'user' | 'root' = 'user') {
  uid++;
  const ids = ['--reuid', uid, '--regid', uid, '--clear-groups'].map(String);
  const rights = ['--inh-caps', '+net_raw', '--ambient-caps', '+net_raw'];
  const become = as === 'root' ? [] : ['setpriv', ...ids, ...rights];
  const source = `
    import { kernelBackend, Umem, Xsk } from ${JSON.stringify(core)};
    const options = { frameCount: 16, pages: '4k' };
    const started = performance.now();
    const answer = await (async () => { ${program} })().catch((error) => ({
      ...error, took: performance.now() - started,
    }));
    console.log(JSON.stringify(answer));`;
  const args = [`--memlock=${limit}:${limit}`, ...become, process.execPath];
  const output = execFileSync('prlimit', [...args, '--input-type=module', '-e', source], {
    cwd: '/',
    encoding: 'utf8',
  });
  return JSON.parse(output);
}

const OPEN = 'return (await Umem.open(kernelBackend, options)).memory.size;';

describe.runIf(hasKernel)('[kernel] the limit for locked memory', () => {
  it('of exactly what is needed is enough, without CAP_IPC_LOCK', () => {
    expect(run(NEEDED, OPEN)).toBe(NEEDED);
  });

  it('of a page less is told with the missing bytes, at once', () => {
    const error = run(NEEDED - PAGE, OPEN);
    expect(error).toMatchObject({
      code: 'FLUX_MEMLOCK',
      errno: errno.ENOBUFS,
      syscall: 'setsockopt(XDP_UMEM_REG)',
      context: { size: NEEDED, memlockLimit: NEEDED - PAGE },
    });
    expect(error.hint).toBe(
      '32768 bytes are needed, the limit (RLIMIT_MEMLOCK) is 28672: 4096 are missing; ' +
        'raise it to 32 KiB or more with ulimit -l (LimitMEMLOCK= of systemd), ' +
        'give node cap_ipc_lock, or use fewer frames',
    );
    expect(error.took).toBeLessThan(500);
  });

  it('is charged for every registration, and what is locked already is told', () => {
    const error = run(
      NEEDED + PAGE,
      `const umem = await Umem.open(kernelBackend, options);
       return await umem.registerAgain();`,
    );
    expect(error).toMatchObject({ code: 'FLUX_MEMLOCK', errno: errno.ENOBUFS });
    expect(error.hint).toContain(
      '32768 bytes are needed of a limit (RLIMIT_MEMLOCK) of 36864, ' +
        'but this user has more than 4096 locked already',
    );
    // What closes elsewhere may come back: this one is worth waiting for.
    expect(error.took).toBeGreaterThan(800);
  });

  it('is waited for when another registration was closed just before', () => {
    const again = `for (let i = 0; i < 10; i++) (await Umem.open(kernelBackend, options)).close();`;
    expect(run(NEEDED, `${again} ${OPEN}`)).toBe(NEEDED);
  });

  it('does not matter with CAP_IPC_LOCK, and is not raised', () => {
    expect(run(0, OPEN, 'root')).toBe(NEEDED);
  });
});

describe.runIf(hasKernel)('[kernel] the limit for locked memory, when a socket is opened', () => {
  let pair: VethPair;

  beforeEach(() => {
    pair = makeVethPair();
  });

  afterEach(() => pair.remove());

  // The memory is registered once more, for the socket that had it is gone.
  it('is waited for when the last socket was closed just before', () => {
    const program = `
      const umem = await Umem.open(kernelBackend, options);
      for (let i = 0; i < 3; i++) (await Xsk.open(umem, { ifname: '${pair.a}' })).close();
      return 'opened';`;
    expect(run(NEEDED, program)).toBe('opened');
  });

  it('is told when it was lowered meanwhile', () => {
    const program = `
      const { execFileSync } = await import('node:child_process');
      const umem = await Umem.open(kernelBackend, options);
      (await Xsk.open(umem, { ifname: '${pair.a}' })).close();
      execFileSync('prlimit', ['--pid', String(process.pid), '--memlock=0:0']);
      return await Xsk.open(umem, { ifname: '${pair.a}' });`;
    const error = run(NEEDED, program);
    expect(error).toMatchObject({
      code: 'FLUX_MEMLOCK',
      errno: errno.ENOBUFS,
      syscall: 'setsockopt(XDP_UMEM_REG)',
    });
    expect(error.hint).toContain('32768 are missing');
  });
});
