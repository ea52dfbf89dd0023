import { execFileSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Bpffs, bpfFile, compileBpf, makeBpffs } from '../../../../test/support/bpf.js';
import {
  hasKernel,
  held,
  ip,
  makeVethPair,
  type VethPair,
} from '../../../../test/support/kernel.js';
import type { ProgramSource } from '../contract/program.js';
import { errno } from '../errno.js';
import type { FluxError } from '../errors.js';
import { Umem } from '../umem.js';
import { Xsk } from '../xsk.js';
import { kernelBackend } from './kernel-backend.js';
import { loadNative } from './load-native.js';

const REDIRECT = `
SOCKET_MAP(xsks)
SEC("xdp") int to_socket(struct xdp_md* ctx) {
  return bpf_redirect_map(&xsks, ctx->rx_queue_index, XDP_PASS);
}`;

const TWO_OF_EACH = `
SOCKET_MAP(first) SOCKET_MAP(second)
SEC("xdp.frags") int one(struct xdp_md* ctx) { return bpf_redirect_map(&first, 0, XDP_PASS); }
SEC("xdp") int two(struct xdp_md* ctx) { return bpf_redirect_map(&second, 0, XDP_PASS); }
SEC("tc") int not_xdp(struct __sk_buff* skb) { return 0; }`;

const REJECTED = `
SOCKET_MAP(xsks)
SEC("xdp") int reads_anywhere(struct xdp_md* ctx) {
  return *(unsigned char*)(long)ctx->data + bpf_redirect_map(&xsks, 0, 0);
}`;

describe.runIf(hasKernel)('[kernel] a program of your own', () => {
  let pair: VethPair;
  let bpffs: Bpffs;
  let redirect: Uint8Array;
  let two: Uint8Array;
  let before: { fds: number };

  beforeAll(async () => {
    bpffs = await makeBpffs();
    redirect = compileBpf(REDIRECT);
    two = compileBpf(TWO_OF_EACH);
    pin(redirect, 'redirect');
    pin(two, 'two');
    pin(compileBpf('SEC("xdp") int passes(struct xdp_md* ctx) { return XDP_PASS; }'), 'mapless');
    loadNative();
  });

  afterAll(() => bpffs.remove());

  beforeEach(() => {
    pair = makeVethPair();
    before = held();
  });

  /** Whatever was tried: nothing is attached, no descriptor stays. */
  afterEach(() => {
    expect(kernelBackend.interfaceInfo(pair.a).program).toBeUndefined();
    expect(held()).toEqual(before);
    pair.remove();
  });

  function pin(bytes: Uint8Array, folder: string): void {
    const file = bpfFile(bytes);
    const maps = ['pinmaps', `${bpffs.path}/${folder}`];
    execFileSync('bpftool', ['prog', 'loadall', file.path, `${bpffs.path}/${folder}`, ...maps]);
    file.remove();
  }

  const open = (source: unknown, maxQueues = 1, attachMode: 'auto' | 'native' = 'auto') =>
    kernelBackend.openProgram({
      ifname: pair.a,
      attachMode,
      maxQueues,
      source: source as ProgramSource,
    });

  function failure(source: unknown, maxQueues?: number): FluxError {
    try {
      open(source, maxQueues).close();
    } catch (error) {
      return error as FluxError;
    }
    throw new Error('it opened');
  }

  const withFds = <T>(work: (programFd: number, mapFd: number) => T): T => {
    const native = loadNative();
    const fds = ['to_socket', 'xsks'].map((name) =>
      native.openPinned(`${bpffs.path}/redirect/${name}`),
    );
    try {
      return work(fds[0]!, fds[1]!);
    } finally {
      for (const fd of fds) closeSync(fd);
    }
  };

  /** One frame, sent on the far end, arrives at a socket that the program knows. */
  async function expectReceives(source: ProgramSource): Promise<void> {
    const umem = await Umem.open(kernelBackend, { frameCount: 16 });
    const xsk = await Xsk.open(umem, { ifname: pair.a });
    const peer = await Xsk.open(umem, { ifname: pair.b });
    const program = open(source);
    try {
      program.setSocket(xsk.socket);
      xsk.fill.reserve(1);
      xsk.fill.setAddress(0, 0);
      xsk.fill.submit(1);
      peer.tx!.reserve(1);
      peer.tx!.setDescriptor(0, 4096, 60, 0);
      peer.tx!.submit(1);
      peer.socket.kick();
      const deadline = performance.now() + 1000;
      let received = 0;
      while (received === 0 && performance.now() < deadline) received = xsk.rx!.peek(1);
      expect(received).toBe(1);
      expect(program.counters()).toEqual({ redirected: undefined, passed: undefined });
    } finally {
      program.close();
      umem.close();
    }
  }

  it('is an object file, and receives', async () => {
    await expectReceives({ kind: 'object', bytes: redirect });
  });

  it('is pinned, stays pinned, and receives', async () => {
    const path = `${bpffs.path}/redirect/to_socket`;
    await expectReceives({ kind: 'pinned', path });
    await expectReceives({
      kind: 'pinned',
      path,
      socketMapPath: `${bpffs.path}/redirect/xsks`,
    });
  });

  it('is a descriptor, which stays the caller’s, and receives', async () => {
    const native = loadNative();
    const fd = native.openPinned(`${bpffs.path}/redirect/to_socket`);
    const socketMapFd = native.openPinned(`${bpffs.path}/redirect/xsks`);
    before = held();
    await expectReceives({ kind: 'fd', fd });
    await expectReceives({ kind: 'fd', fd, socketMapFd });
    const program = open({ kind: 'fd', fd, socketMapFd });
    closeSync(fd);
    closeSync(socketMapFd);
    program.clearSocket(0); // Its own duplicates still work.
    program.close();
    before = { ...before, fds: before.fds - 2 };
  });

  it('takes what was named of an object file with several', () => {
    const named = { kind: 'object', bytes: two, program: 'one', socketMap: 'second' };
    const program = open(named);
    const found = kernelBackend.interfaceInfo(pair.a).program;
    expect(found).toMatchObject({ id: program.id, name: 'one' });
    expect(program.multiBuffer).toBe(true);
    program.close();
    const plain = open({ ...named, program: 'two' });
    expect(plain.multiBuffer).toBe(false);
    plain.close();
  });

  it('says that it takes several buffers only where it knows', () => {
    const program = open({ kind: 'pinned', path: `${bpffs.path}/redirect/to_socket` });
    expect(program.multiBuffer).toBeUndefined();
    program.close();
  });

  it('has its socket map grow to maxQueues', () => {
    const program = open({ kind: 'object', bytes: redirect }, 8);
    program.clearSocket(7);
    expect(() => program.clearSocket(8)).toThrow(
      expect.objectContaining({ code: 'FLUX_QUEUE_OUT_OF_RANGE', errno: errno.EINVAL }),
    );
    program.close();
    const declared = open({ kind: 'object', bytes: redirect }, 1);
    declared.clearSocket(1);
    declared.close();
  });

  it.each([
    [{}, 'more than one XDP program', 'one, two'],
    [{ program: 'one' }, 'more than one socket map', 'first, second'],
    [{ program: 'not_xdp', socketMap: 'first' }, 'program.source.program is "not_xdp"', 'one, two'],
    [{ program: 'one', socketMap: 'x' }, 'program.source.socketMap is "x"', 'first, second'],
  ])('names the choices in an object file: %j', (choice, message, names) => {
    const error = failure({ kind: 'object', bytes: two, ...choice });
    expect(error.code).toBe('FLUX_INVALID_OPTION');
    expect(error.message).toContain(message);
    expect(error.context.allowed).toBe(names);
  });

  it.each([
    ['no XDP program', 'SOCKET_MAP(xsks)'],
    ['no socket map', 'SEC("xdp") int passes(struct xdp_md* ctx) { return XDP_PASS; }'],
  ])('says that an object file has %s', (message, source) => {
    const error = failure({ kind: 'object', bytes: compileBpf(source) });
    expect(error.code).toBe('FLUX_INVALID_OPTION');
    expect(error.message).toContain(message);
  });

  it.each([
    ['text', () => Buffer.from('no object file at all')],
    ['a file that ends early', () => redirect.subarray(0, 700)],
    [
      'a program for another machine',
      () => {
        const bytes = redirect.slice();
        bytes[18] = 62; // e_machine: x86-64
        return bytes;
      },
    ],
  ])('refuses %s, with libbpf’s words', (_, bytes) => {
    const error = failure({ kind: 'object', bytes: bytes() });
    expect(error).toMatchObject({ code: 'FLUX_INVALID_OPTION', syscall: 'bpf_object__open_mem' });
    expect(error.context.log).toContain('libbpf: ');
    expect(error.hint).toContain('clang -O2 -g -target bpf');
  });

  it('attaches the log of the verifier to the error', () => {
    const error = failure({ kind: 'object', bytes: compileBpf(REJECTED) });
    expect(error).toMatchObject({ code: 'FLUX_PROGRAM_REJECTED', syscall: 'bpf(BPF_PROG_LOAD)' });
    expect(error.context.log).toContain('invalid access to packet');
    expect(error.context.log).toContain('reads_anywhere');
    expect(error.message).toContain('libbpf: ');
    expect(error.hint).toContain('context.log');
  });

  it('writes what libbpf says to the terminal only where NODE_DEBUG asks for it', () => {
    const core = new URL('../../dist/index.js', import.meta.url).href;
    const file = bpfFile(compileBpf(REJECTED));
    const script = `
      import { readFileSync } from 'node:fs';
      import { kernelBackend } from ${JSON.stringify(core)};
      const source = { kind: 'object', bytes: readFileSync(${JSON.stringify(file.path)}) };
      const options = { ifname: ${JSON.stringify(pair.a)}, attachMode: 'auto', maxQueues: 1 };
      try { kernelBackend.openProgram({ ...options, source }); } catch {}`;
    const run = (NODE_DEBUG: string) =>
      execFileSync(
        'sh',
        ['-c', 'exec "$0" --input-type=module -e "$1" 2>&1', process.execPath, script],
        {
          env: { ...process.env, NODE_DEBUG },
          encoding: 'utf8',
        },
      );
    expect(run('')).toBe('');
    expect(run('fluxnet')).toMatch(/FLUXNET \d+: libbpf: /);
    file.remove();
  });

  it.each([
    ['a path with nothing', { path: '/sys/fs/bpf/nothing' }, 'find /sys/fs/bpf'],
    ['a file that is not pinned', { path: '/proc/self/status' }, 'find /sys/fs/bpf'],
  ])('refuses %s', (_, source, hint) => {
    const error = failure({ kind: 'pinned', ...source });
    expect(error).toMatchObject({ code: 'FLUX_INVALID_OPTION', syscall: 'bpf(BPF_OBJ_GET)' });
    expect(error.hint).toContain(hint);
  });

  it('refuses what is pinned and something else', () => {
    const at = (name: string) => `${bpffs.path}/${name}`;
    const cases: [object, string][] = [
      [{ path: at('redirect/xsks') }, 'program.source.path is a socket map, not an XDP program'],
      [{ path: at('two/not_xdp') }, 'is a BPF program of another type, not an XDP program'],
      [
        { path: at('redirect/to_socket'), socketMapPath: at('redirect/to_socket') },
        'program.source.socketMapPath is a BPF program of another type, not a socket map',
      ],
      [{ path: at('mapless/passes') }, 'the program uses no socket map'],
    ];
    for (const [source, message] of cases) {
      const error = failure({ kind: 'pinned', ...source });
      expect(error.code).toBe('FLUX_INVALID_OPTION');
      expect(error.message).toContain(message);
    }
  });

  it('refuses a loaded program whose socket map is too small', () => {
    const error = failure({ kind: 'pinned', path: `${bpffs.path}/redirect/to_socket` }, 3);
    expect(error).toMatchObject({
      code: 'FLUX_QUEUE_OUT_OF_RANGE',
      context: { maxQueues: 3, entries: 2 },
    });
  });

  it('refuses descriptors that are closed, or of something else', () => {
    withFds((fd, socketMapFd) => {
      const file = openSync('/dev/null', 'r');
      expect(failure({ kind: 'fd', fd: 100_000 })).toMatchObject({
        code: 'FLUX_INVALID_OPTION',
        errno: errno.EBADF,
        context: { path: 'program.source.fd', value: 100_000 },
      });
      expect(failure({ kind: 'fd', fd: file }).message).toContain('neither a BPF program nor');
      expect(failure({ kind: 'fd', fd: socketMapFd }).message).toContain('is a socket map, not');
      expect(failure({ kind: 'fd', fd, socketMapFd: fd }).message).toContain('not a socket map');
      expect(failure({ kind: 'fd', fd, socketMapFd: file }).message).toContain('neither a BPF');
      closeSync(file);
    });
  });

  it('does not put a loaded program behind a dispatcher', () => {
    for (const source of [
      { kind: 'fd', fd: 0 },
      { kind: 'pinned', path: '/sys/fs/bpf/x' },
    ] as const) {
      const options = { ifname: pair.a, attachMode: 'auto', maxQueues: 1, source } as const;
      expect(() => kernelBackend.openProgram({ ...options, attachBy: 'dispatcher' })).toThrow(
        expect.objectContaining({ code: 'FLUX_UNSUPPORTED', context: { kind: source.kind } }),
      );
    }
  });

  it('says that the MTU is too large where native mode was forced, and takes generic for auto', () => {
    for (const end of [pair.a, pair.b]) ip(`link set ${end} mtu 9000`);
    const source = { kind: 'object', bytes: redirect };
    expect(() => open(source, 1, 'native')).toThrow(
      expect.objectContaining({
        code: 'FLUX_UNSUPPORTED',
        errno: errno.ERANGE,
        hint: expect.stringContaining(`ip link set ${pair.a} mtu 1500`),
      }),
    );
    const program = open(source);
    expect(program.attachMode).toBe('generic');
    program.close();
  });
});
