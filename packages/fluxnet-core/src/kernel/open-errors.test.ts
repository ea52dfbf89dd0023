import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hasKernel, makeVethPair, type VethPair } from '../../../../test/support/kernel.js';
import { errno } from '../errno.js';
import type { FluxError } from '../errors.js';
import { Umem } from '../umem.js';
import { Xsk } from '../xsk.js';
import { kernelBackend } from './kernel-backend.js';

const redirect = (ifname: string, attachMode: 'auto' | 'native' | 'generic' = 'auto') =>
  ({ ifname, attachMode, maxQueues: 1, source: { kind: 'redirect' } }) as const;

async function failure(opening: () => unknown): Promise<FluxError> {
  try {
    await opening();
  } catch (error) {
    return error as FluxError;
  }
  throw new Error('it opened');
}

describe.runIf(hasKernel)('[kernel] a failed open', () => {
  let pair: VethPair;
  let umem: Umem;

  beforeEach(async () => {
    pair = makeVethPair();
    umem = await Umem.open(kernelBackend, { frameCount: 16 });
  });

  /** Whatever failed: the queue is free and nothing is attached. */
  afterEach(async () => {
    expect(kernelBackend.interfaceInfo(pair.a).program).toBeUndefined();
    const program = kernelBackend.openProgram(redirect(pair.a));
    const xsk = await Xsk.open(umem, { ifname: pair.a });
    xsk.close();
    program.close();
    umem.close();
    pair.remove();
  });

  it('names an unknown interface', async () => {
    const error = await failure(() => Xsk.open(umem, { ifname: 'nosuch0' }));
    expect(error).toMatchObject({ code: 'FLUX_UNKNOWN_INTERFACE', errno: errno.ENODEV });
    expect(error.hint).toContain('ip link');
    const program = await failure(() => kernelBackend.openProgram(redirect('nosuch0')));
    expect(program.code).toBe('FLUX_UNKNOWN_INTERFACE');
    const long = await failure(() => kernelBackend.interfaceInfo('x'.repeat(300)));
    expect(long.code).toBe('FLUX_UNKNOWN_INTERFACE');
  });

  it('names the queues that there are', async () => {
    const error = await failure(() => Xsk.open(umem, { ifname: pair.a, queueId: 1 }));
    expect(error).toMatchObject({
      code: 'FLUX_QUEUE_OUT_OF_RANGE',
      context: { ifname: pair.a, queueId: 1, queueCount: 1 },
    });
    expect(error.hint).toContain(`ethtool -l ${pair.a}`);
  });

  it('tells a queue out of range from other refusals of bind', async () => {
    const { registration } = umem;
    const sizes = { fillRingSize: 4, completionRingSize: 4, rxRingSize: 4, txRingSize: 0 };
    const queue = kernelBackend.openQueue(registration, { ifname: pair.a, queueId: 7, ...sizes });
    const socket = kernelBackend.openSocket(queue, sizes);
    const flags = { copyMode: 'auto', needWakeup: true, multiBuffer: false } as const;
    expect(await failure(() => socket.bind(flags))).toMatchObject({
      code: 'FLUX_QUEUE_OUT_OF_RANGE',
      errno: errno.EINVAL,
      syscall: 'bind',
    });
    queue.close();
  });

  it('retries a busy queue for a second, then says so', async () => {
    const holder = await Umem.open(kernelBackend, { frameCount: 16 });
    await Xsk.open(holder, { ifname: pair.a });
    const started = performance.now();
    const error = await failure(() => Xsk.open(umem, { ifname: pair.a }));
    expect(error).toMatchObject({
      code: 'FLUX_QUEUE_BUSY',
      errno: errno.EBUSY,
      syscall: 'bind',
      context: { ifname: pair.a, queueId: 0, holder: 'object' },
    });
    expect(error.message).toContain('this process has it open');
    expect(performance.now() - started).toBeGreaterThan(800);
    holder.close();
  });

  it('names the process that has the queue', async () => {
    const core = fileURLToPath(new URL('../../dist/index.js', import.meta.url));
    const program = `
      import { kernelBackend, Umem, Xsk } from ${JSON.stringify(core)};
      const umem = await Umem.open(kernelBackend, { frameCount: 16 });
      await Xsk.open(umem, { ifname: ${JSON.stringify(pair.a)} });
      console.log('ready');
      setInterval(() => umem.bytes, 1e6);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    const error = await failure(() => Xsk.open(umem, { ifname: pair.a }));
    expect(error).toMatchObject({ code: 'FLUX_QUEUE_BUSY', context: { holder: 'elsewhere' } });
    expect(error.context.suspects).toContainEqual({ pid: child.pid, command: 'node' });
    expect(error.message).toContain('another process has it');
    expect(error.hint).toContain(`${child.pid} (node)`);
    child.kill('SIGKILL');
    await once(child, 'exit');
  });

  it('opens a queue that becomes free meanwhile', async () => {
    const holder = await Umem.open(kernelBackend, { frameCount: 16 });
    await Xsk.open(holder, { ifname: pair.a });
    const opening = Xsk.open(umem, { ifname: pair.a });
    await kernelBackend.clock.sleep(100);
    holder.close();
    (await opening).close();
  });

  it.each(['native', 'generic', 'auto'] as const)(
    'names the program that is attached already (%s)',
    async (attachMode) => {
      const first = kernelBackend.openProgram(redirect(pair.a, 'native'));
      const error = await failure(() => kernelBackend.openProgram(redirect(pair.a, attachMode)));
      first.close();
      expect(error.code).toBe('FLUX_PROGRAM_CONFLICT');
      expect(error.hint).toContain(`program ${first.id} (fluxnet_redir), native mode`);
      expect(error.hint).toContain('attached by link, held by this process');
      expect(error.hint).toContain('bpftool link detach');
    },
  );

  it.each([3, 100_000, -1, Number.NaN])('refuses a ring of %d entries', async (rxRingSize) => {
    const error = await failure(() => Xsk.open(umem, { ifname: pair.a, rxRingSize }));
    expect(error).toMatchObject({
      code: 'FLUX_INVALID_OPTION',
      context: { path: 'xsk.rxRingSize', value: rxRingSize },
    });
    expect(error.hint).toContain('a power of two from 1 to 65536');
  });

  it('passes the kernel on when it refuses a ring size that was not checked', async () => {
    const options = { ifname: pair.a, queueId: 0, fillRingSize: 3, completionRingSize: 4 };
    const error = await failure(() => kernelBackend.openQueue(umem.registration, options));
    expect(error).toMatchObject({
      code: 'FLUX_INVALID_OPTION',
      errno: errno.EINVAL,
      syscall: 'setsockopt(XDP_UMEM_FILL_RING)',
    });
  });

  it('rejects an unknown option by name', async () => {
    const options = { ifname: pair.a, queueID: 0 };
    const error = await failure(() => Xsk.open(umem, options as never));
    expect(error).toMatchObject({ code: 'FLUX_UNKNOWN_OPTION', hint: 'did you mean queueId?' });
  });

  it('does not fall back when zero-copy is forced', async () => {
    const error = await failure(() => Xsk.open(umem, { ifname: pair.a, copyMode: 'zerocopy' }));
    expect(error).toMatchObject({ code: 'FLUX_UNSUPPORTED', errno: errno.EOPNOTSUPP });
    expect(error.hint).toContain("copyMode: 'auto'");
  });

  it('names the missing right', () => {
    // A process of its own, as nobody: rights cannot be taken back from this one.
    const core = fileURLToPath(new URL('../../dist/index.js', import.meta.url));
    const program = `
      import { kernelBackend, Umem } from ${JSON.stringify(core)};
      const error = await Umem.open(kernelBackend, { frameCount: 1 }).catch((error) => error);
      console.log(JSON.stringify({ ...error, message: error.message }));`;
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', program], {
      uid: 65534,
      gid: 65534,
      cwd: '/',
    });
    const error = JSON.parse(output.toString());
    expect(error).toMatchObject({
      code: 'FLUX_PERMISSION',
      errno: errno.EPERM,
      syscall: 'socket(AF_XDP)',
    });
    expect(error.hint).toContain('setcap');
  });
});
