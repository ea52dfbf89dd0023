import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Bpffs, bpfFile, compileBpf, makeBpffs } from '../../../../test/support/bpf.js';
import {
  hasKernel,
  held,
  ip,
  makeVethPair,
  type VethPair,
} from '../../../../test/support/kernel.js';
import type { ProgramOptions } from '../contract/program.js';
import { errno } from '../errno.js';
import type { FluxError } from '../errors.js';
import { Umem } from '../umem.js';
import { Xsk } from '../xsk.js';
import { attachConflict } from './attach-conflict.js';
import { kernelBackend } from './kernel-backend.js';
import { loadNative, nativePath } from './load-native.js';
import type { Native } from './native.js';

const PASS = 'SEC("xdp") int passes(struct xdp_md* ctx) { return XDP_PASS; }';

describe.runIf(hasKernel)('[kernel] an attached program', () => {
  let pair: VethPair;
  let before: ReturnType<typeof held>;

  beforeEach(() => {
    loadNative();
    pair = makeVethPair();
    before = held();
  });

  afterEach(() => {
    expect(kernelBackend.interfaceInfo(pair.a).program).toBeUndefined();
    expect(held()).toEqual(before);
    pair.remove();
  });

  const open = (options: Partial<ProgramOptions> = {}) =>
    kernelBackend.openProgram({
      ifname: pair.a,
      attachMode: 'auto',
      maxQueues: 1,
      source: { kind: 'redirect' },
      ...options,
    });

  function failure(opening: () => unknown): FluxError {
    try {
      opening();
    } catch (error) {
      return error as FluxError;
    }
    throw new Error('it succeeded');
  }

  /** Attaches by netlink, as iproute2 does: it stays when its loader ends. */
  function attachForeign(mode: 'xdp' | 'xdpgeneric'): void {
    const file = bpfFile(compileBpf(PASS));
    ip(`link set dev ${pair.a} ${mode} obj ${file.path} sec xdp`);
    file.remove();
  }

  it('is described, with its owner', () => {
    const program = open();
    const found = kernelBackend.interfaceInfo(pair.a).program;
    expect(found).toMatchObject({
      id: program.id,
      name: 'fluxnet_redir',
      mode: 'native',
      attachedBy: 'link',
      uid: 0,
    });
    expect(Math.abs(found!.loadedAt! - Date.now())).toBeLessThan(5000);
    expect(found!.programs).toBeUndefined();
    const owners = kernelBackend.programOwners(program.id);
    expect(owners).toEqual([
      { pid: process.pid, command: readFileSync('/proc/self/comm', 'utf8').trim(), holds: 'link' },
    ]);
    expect(program).toMatchObject({ attachBy: 'link', attachMode: 'native', multiBuffer: true });
    program.close();
    expect(kernelBackend.programOwners(program.id)).toEqual([]);
  });

  it.each([
    ['xdp', 'native', 'xdp off'],
    ['xdpgeneric', 'generic', 'xdpgeneric off'],
  ] as const)('names a foreign program attached by netlink (%s)', (keyword, mode, wayOut) => {
    attachForeign(keyword);
    const { id } = kernelBackend.interfaceInfo(pair.a).program!;
    for (const attachMode of ['auto', 'native', 'generic'] as const) {
      const error = failure(() => open({ attachMode }));
      expect(error.code).toBe('FLUX_PROGRAM_CONFLICT');
      expect([errno.EBUSY, errno.EEXIST]).toContain(error.errno);
      expect(error.hint).toContain(`program ${id} (passes), ${mode} mode, attached by netlink`);
      expect(error.hint).toContain(`ip link set dev ${pair.a} ${wayOut}`);
    }
    ip(`link set dev ${pair.a} ${wayOut}`); // The way out is one.
    open().close();
  });

  it('names the process that holds the program that is in the way', async () => {
    const core = new URL('../../dist/index.js', import.meta.url).href;
    const script = `
      import { kernelBackend } from ${JSON.stringify(core)};
      const options = { attachMode: 'native', maxQueues: 1, source: { kind: 'redirect' } };
      globalThis.kept = kernelBackend.openProgram({ ifname: ${JSON.stringify(pair.a)}, ...options });
      console.log('ready');
      setInterval(() => {}, 1e6);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    const error = failure(() => open());
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(error.hint).toMatch(new RegExp(`held by process ${child.pid} \\(.+\\), is attached`));
    await expect.poll(() => kernelBackend.interfaceInfo(pair.a).program).toBeUndefined();
  });

  it('answers for queues that the socket map does not have', async () => {
    const wide = makeVethPair(2);
    const umem = await Umem.open(kernelBackend, { frameCount: 16 });
    const xsk = await Xsk.open(umem, { ifname: wide.a, queueId: 1 });
    const program = open({ ifname: wide.a });
    expect(failure(() => program.setSocket(xsk.socket))).toMatchObject({
      code: 'FLUX_QUEUE_OUT_OF_RANGE',
      errno: errno.E2BIG,
      context: { slot: 1, maxQueues: 1 },
      hint: expect.stringContaining('maxQueues above 1'),
    });
    for (const queueId of [1, 65_536, 2 ** 32 - 1]) {
      expect(failure(() => program.clearSocket(queueId))).toMatchObject({
        code: 'FLUX_QUEUE_OUT_OF_RANGE',
        errno: errno.EINVAL,
      });
    }
    for (const queueId of [Number.NaN, -1, 0.5, 2 ** 32, '0', undefined]) {
      const error = failure(() => program.clearSocket(queueId as number));
      expect(error.code).toBe('FLUX_INVALID_OPTION');
    }
    for (const socket of [undefined, {}, program, { handle: {}, queue: { queueId: 0 } }]) {
      expect(failure(() => program.setSocket(socket as never)).code).toBe('FLUX_INVALID_OPTION');
    }
    for (const slot of [Number.NaN, -1, 2 ** 32, '0']) {
      const error = failure(() => program.setSocket(xsk.socket, slot as number));
      expect(error.code).toBe('FLUX_INVALID_OPTION');
    }
    program.setSocket(xsk.socket, 0); // Not the slot of its queue: the program's choice.
    program.clearSocket(0);
    program.clearSocket(0); // Empty already.
    const second = open();
    second.close();
    program.close();
    umem.close();
    wide.remove();
  });

  it('loses a socket that closes, not the others', async () => {
    const wide = makeVethPair(2);
    const umem = await Umem.open(kernelBackend, { frameCount: 16 });
    const program = open({ ifname: wide.a, maxQueues: 2 });
    const [first, second] = [
      await Xsk.open(umem, { ifname: wide.a, queueId: 0 }),
      await Xsk.open(umem, { ifname: wide.a, queueId: 1 }),
    ];
    for (const { socket } of [first, second]) program.setSocket(socket);
    program.setSocket(first.socket); // The same once more.
    first.socket.close();
    expect(failure(() => program.setSocket(first.socket)).code).toBe('FLUX_CLOSED');
    program.setSocket(second.socket);
    program.close();
    umem.close();
    wide.remove();
  });

  describe('behind the dispatcher', () => {
    let bpffs: Bpffs;

    beforeEach(async () => {
      bpffs = await makeBpffs();
      process.env.LIBXDP_BPFFS = bpffs.path;
    });

    afterEach(async () => {
      delete process.env.LIBXDP_BPFFS;
      // libxdp's folder for its lock may be there, nothing in it.
      expect(pinnedIn(bpffs.path)).toEqual([]);
      await bpffs.remove();
    });

    const pinnedIn = (path: string) =>
      readdirSync(path, { recursive: true, encoding: 'utf8' }).filter(
        (name) => !['xdp', 'maps.debug', 'progs.debug'].includes(name),
      );

    const extensionsRefused = hasKernel && loadNative().extensionsRefused() !== 0;

    it.each(['auto', 'native', 'generic'] as const)(
      'needs bpffs, and says so (%s)',
      (attachMode) => {
        process.env.LIBXDP_BPFFS = '/proc';
        expect(failure(() => open({ attachBy: 'dispatcher', attachMode }))).toMatchObject({
          code: 'FLUX_UNSUPPORTED',
          context: { missing: 'bpffs', path: '/proc' },
          hint: expect.stringContaining('mount -t bpf bpf /proc'),
        });
      },
    );

    it.runIf(extensionsRefused).each(['auto', 'native', 'generic'] as const)(
      'needs extension programs, and says so (%s)',
      (attachMode) => {
        const error = failure(() => open({ attachBy: 'dispatcher', attachMode }));
        expect(error).toMatchObject({
          code: 'FLUX_UNSUPPORTED',
          errno: loadNative().extensionsRefused(),
          syscall: 'bpf(BPF_PROG_LOAD)',
          context: { missing: 'extension programs' },
        });
        expect(error.hint).toContain("attachBy: 'link'");
      },
    );

    /** What libxdp does without that question: it attaches the program alone, and says 0. */
    function joinDispatcher(native: Native, generic: boolean) {
      const object = new native.XdpObject('redirect');
      try {
        object.select('fluxnet_redir', true);
        return new native.DispatcherLink(
          object,
          kernelBackend.interfaceInfo(pair.a).ifindex,
          generic,
        );
      } finally {
        object.close();
      }
    }

    it.runIf(extensionsRefused).each([
      ['extension programs', false],
      ['extension programs', true],
      ['bpffs', false],
      ['bpffs', true],
    ])('undoes what libxdp attached for want of %s (generic: %s)', (missing, generic) => {
      if (missing === 'bpffs') process.env.LIBXDP_BPFFS = '/proc';
      const error = failure(() => joinDispatcher(loadNative(), generic)) as FluxError & {
        log: string;
      };
      expect(error.code).toBe('FLUX_UNSUPPORTED');
      expect(error.message).toContain('without a dispatcher');
      expect(error.log).toContain('libxdp: Falling back to loading single prog');
      expect(process.env.LIBXDP_OBJECT_PATH).toBeUndefined();
    });

    it('does not disturb a program that is attached already', () => {
      const first = open({ attachMode: 'native' });
      const error = failure(() => joinDispatcher(loadNative(), false));
      expect(error.errno).toBe(errno.EBUSY);
      expect(kernelBackend.interfaceInfo(pair.a).program?.id).toBe(first.id);
      first.close();
      before = { ...before, fds: before.fds + 1 }; // libxdp 1.3 loses one where it finds a program.
    });

    it('needs the library, and says so', () => {
      const folder = mkdtempSync(join(tmpdir(), 'fluxnet-vendor-'));
      const native = nativePath();
      const vendor = `vendor/linux-${process.arch}/lib`;
      mkdirSync(join(folder, 'build/Release'), { recursive: true });
      mkdirSync(join(folder, vendor), { recursive: true });
      const lib = join(dirname(native), '../..', vendor, 'libbpf.so.1');
      symlinkSync(lib, join(folder, vendor, 'libbpf.so.1'));
      const copy = join(folder, 'build/Release/fluxnet.node');
      copyFileSync(native, copy);
      try {
        const error = failure(() =>
          joinDispatcher(createRequire(import.meta.url)(copy) as Native, false),
        );
        expect(error.code).toBe('FLUX_NATIVE_MISSING');
        expect(error.message).toContain('libxdp.so.1');
      } finally {
        rmSync(folder, { recursive: true });
      }
    });

    it('is described with all programs behind it', () => {
      // Looks as libxdp's: a program of its name, and its pins.
      const file = bpfFile(
        compileBpf(
          `${PASS} SEC("xdp") int xdp_dispatcher(struct xdp_md* ctx) { return XDP_PASS; }`,
        ),
      );
      ip(`link set dev ${pair.a} xdp obj ${file.path} program xdp_dispatcher`);
      const { id } = kernelBackend.interfaceInfo(pair.a).program!;
      const { ifindex } = kernelBackend.interfaceInfo(pair.a);
      const dir = `${bpffs.path}/xdp/dispatch-${ifindex}-${id}`;
      mkdirSync(dir, { recursive: true });
      bpftool('prog', 'load', file.path, `${dir}/prog0-prog`);
      file.remove();
      const found = kernelBackend.interfaceInfo(pair.a).program!;
      expect(found).toMatchObject({ id, name: 'xdp_dispatcher', attachedBy: 'netlink' });
      expect(found.programs).toEqual([{ id: expect.any(Number), name: 'passes' }]);
      const { hint } = attachConflict(loadNative(), pair.a);
      expect(hint).toContain('running passes, is attached');
      expect(hint).toContain("join them: attachBy: 'dispatcher'");
      expect(hint).toContain(`xdp-loader unload ${pair.a} --all`);
      ip(`link set dev ${pair.a} xdp off`);
      rmSync(`${dir}/prog0-prog`);
      rmSync(dir, { recursive: true });
    });
  });
});

function bpftool(...args: string[]): string {
  return execFileSync('bpftool', ['-j', ...args], { encoding: 'utf8' });
}
