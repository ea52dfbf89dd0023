import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hasKernel, makeVethPair, type VethPair } from '../../../../test/support/kernel.js';
import { startWorker } from '../../../../test/support/worker-process.js';
import type { FluxError } from '../errors.js';
import { dropCapabilities, setNoNewPrivileges, threadRights } from './privileges.js';
import { allowedCpus, pinThread, setThreadName } from './thread.js';

const WRONG = [-1, 0.5, Number.NaN, 2 ** 31, 2 ** 53, '0', undefined, null] as never[];

function failure(doing: () => unknown): FluxError {
  try {
    doing();
  } catch (error) {
    return error as FluxError;
  }
  throw new Error('it succeeded');
}

async function run(body: string, uid = 0) {
  const worker = startWorker(body, { uid });
  try {
    return await worker.result();
  } finally {
    worker.channel.close();
  }
}

describe.runIf(hasKernel)('[kernel] a thread', () => {
  it('refuses a CPU that is not allowed, and says which are', () => {
    const cpus = allowedCpus();
    expect(cpus.length).toBeGreaterThan(0);
    for (const cpu of [...WRONG, Math.max(...cpus) + 1, 8191, 8192] as number[]) {
      const error = failure(() => pinThread(cpu));
      expect(error).toMatchObject({ code: 'FLUX_INVALID_OPTION', context: { path: 'cpu' } });
      expect(error.hint).toContain(cpus.join(', '));
    }
    expect(allowedCpus()).toEqual(cpus);
    for (const name of ['', 'x'.repeat(16), 'äääääääÄ', 'a\0b', 7, undefined] as string[]) {
      expect(failure(() => setThreadName(name)).code).toBe('FLUX_INVALID_OPTION');
    }
  });

  it('is pinned and named, and says so in /proc, without rights', async () => {
    const result = await run(
      `const cpus = core.allowedCpus();
       const last = cpus.at(-1);
       core.pinThread(last);
       core.setThreadName('fifteen letters');
       const status = readFileSync('/proc/thread-self/status', 'utf8');
       return { last, allowed: core.allowedCpus(), name: /Name:\\t(.*)/.exec(status)[1],
                list: /Cpus_allowed_list:\\t(.*)/.exec(status)[1] };`,
      65534,
    );
    expect(result).toEqual({
      last: result.last,
      allowed: [result.last],
      name: 'fifteen letters',
      list: String(result.last),
    });
  });

  it('gives up its capabilities for good, and tells of the threads that keep theirs', async () => {
    const result = await run(`
      const { execFileSync } = await import('node:child_process');
      const { Worker } = await import('node:worker_threads');
      const before = core.threadRights().find(({ tid }) => tid === process.pid);
      const dropped = core.dropCapabilities();
      core.setNoNewPrivileges();
      const after = core.threadRights().find(({ tid }) => tid === process.pid);
      const started = execFileSync('cat', ['/proc/self/status'], { encoding: 'utf8' });
      const later = await new Promise((resolve) => new Worker(
        "require('node:worker_threads').parentPort.postMessage(" +
        "require('node:fs').readFileSync('/proc/thread-self/status', 'utf8'))", { eval: true, execArgv: [] })
        .on('message', resolve));
      const open = await core.Umem.open(core.kernelBackend, { frameCount: 1 }).catch((e) => e.code);
      return { before, after, dropped, started, later, open, again: core.dropCapabilities() };`);
    expect(result.before.effective).toContain(12); // CAP_NET_ADMIN
    const none = { effective: [], permitted: [], inheritable: [], ambient: [], bounding: [] };
    expect(result.after).toMatchObject({ ...none, noNewPrivileges: true });
    for (const status of [result.started, result.later]) {
      expect(status).toMatch(/CapEff:\t0{16}/);
      expect(status).toMatch(/CapBnd:\t0{16}/);
      expect(status).toMatch(/NoNewPrivs:\t1/);
    }
    expect(result.open).toBe('FLUX_PERMISSION');
    expect(result.dropped.boundingSet).toBe('empty');
    // Threads of Node itself, which were there before.
    expect(result.dropped.threadsLeft.length).toBeGreaterThan(0);
    for (const { tid, effective } of result.dropped.threadsLeft) {
      expect(tid).not.toBe(result.after.tid);
      expect(effective.length).toBeGreaterThan(0);
    }
    expect(result.again.boundingSet).toBe('empty');
  });

  it('has nothing to give up in a process that was started without', async () => {
    const result = await run('return core.dropCapabilities();', 65534);
    expect(result).toEqual({ boundingSet: 'kept', threadsLeft: [] });
  });

  it('reads the rights of this process as they are', () => {
    const own = threadRights().find(({ tid }) => tid === process.pid);
    expect(own?.effective).toContain(21); // CAP_SYS_ADMIN
    expect(own?.noNewPrivileges).toBe(false);
    expect([typeof dropCapabilities, typeof setNoNewPrivileges]).toEqual(['function', 'function']);
  });
});

/** spec: privilege per step. What a process may with some capabilities only. */
describe.runIf(hasKernel)('[kernel] a process with some capabilities', () => {
  let pair: VethPair;

  beforeEach(() => {
    pair = makeVethPair();
  });

  afterEach(() => pair.remove());

  const STEPS = `
    const errorOf = (doing) => Promise.resolve().then(doing).then(() => 'done',
      ({ code, syscall, hint }) => ({ code, syscall, hint }));
    const steps = {};
    let umem;
    steps.umem = await errorOf(async () => { umem = await core.Umem.open(core.kernelBackend, { frameCount: 16, pages: '4k' }); });
    if (umem) {
      steps.bind = await errorOf(async () => (await core.Xsk.open(umem, { ifname, ...small })).close());
      steps.busyPoll = await errorOf(async () => (await core.Xsk.open(umem, { ifname, ...small, busyPoll: {} })).close());
    }
    const source = { kind: 'redirect' };
    steps.program = await errorOf(() =>
      core.kernelBackend.openProgram({ ifname, attachMode: 'auto', maxQueues: 1, source }).close());
    steps.facts = core.kernelBackend.interfaceInfo(ifname).ifname;
    return steps;`;

  async function steps(capabilities: string) {
    const worker = startWorker(`const ifname = '${pair.a}'; ${STEPS}`, { capabilities });
    try {
      return await worker.result();
    } finally {
      worker.channel.close();
    }
  }

  it('without any: no socket, no program', async () => {
    const result = await steps('');
    expect(result.umem).toMatchObject({ code: 'FLUX_PERMISSION', syscall: 'socket(AF_XDP)' });
    expect(result.umem.hint).toContain('setcap');
    expect(result.program).toMatchObject({ code: 'FLUX_PERMISSION' });
    expect(result.facts).toBe(pair.a);
  });

  it('with CAP_NET_RAW: sockets, no busy polling, no program', async () => {
    const result = await steps('net_raw');
    expect(result).toMatchObject({
      umem: 'done',
      bind: 'done',
      busyPoll: { code: 'FLUX_PERMISSION', syscall: 'setsockopt(SO_PREFER_BUSY_POLL)' },
      program: { code: 'FLUX_PERMISSION' },
    });
    expect(result.busyPoll.hint).toContain('CAP_NET_ADMIN');
  });

  it('with CAP_BPF alone: no program', async () => {
    const result = await steps('bpf');
    expect(result.program).toMatchObject({ code: 'FLUX_PERMISSION' });
    expect(result.program.hint).toContain('cap_net_admin');
  });

  it('with CAP_NET_RAW, CAP_NET_ADMIN and CAP_BPF: everything', async () => {
    expect(await steps('net_raw net_admin bpf')).toEqual({
      umem: 'done',
      bind: 'done',
      busyPoll: 'done',
      program: 'done',
      facts: pair.a,
    });
  });
});
