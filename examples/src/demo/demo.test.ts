import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { hasKernel, ip } from '../../../test/support/kernel.js';
import type { Report } from './report.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const TIMEOUT = 60_000;

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `npm start -- …`, without npm around it. */
function start(args: readonly string[], options: object = {}) {
  const child = spawn(process.execPath, ['scripts/start.mjs', ...args], { cwd: root, ...options });
  return { child, outcome: collect(child) };
}

async function collect(child: ChildProcess): Promise<Outcome> {
  let stdout = '';
  let stderr = '';
  child.stdout!.on('data', (data) => {
    stdout += data;
  });
  child.stderr!.on('data', (data) => {
    stderr += data;
  });
  const [code] = await once(child, 'close');
  return { code, stdout, stderr };
}

/** Namespaces of the demonstration that this process made. */
const namespaces = (pid: number | undefined) =>
  existsSync('/run/netns')
    ? readdirSync('/run/netns').filter((name) => name.startsWith(`fluxnet-demo-${pid}-`))
    : [];

/** Processes of a run, by the script that they execute. */
function processOf(pid: number | undefined, script: string): number {
  const pids = ip(`netns pids fluxnet-demo-${pid}-firewall`).split('\n').filter(Boolean);
  const found = pids.find((each) => readFileSync(`/proc/${each}/cmdline`, 'utf8').includes(script));
  return Number(found);
}

async function until(condition: () => boolean): Promise<void> {
  const limit = performance.now() + 20_000;
  while (!condition() && performance.now() < limit) await sleep(50);
  expect(condition()).toBe(true);
}

const running = (child: ChildProcess) => {
  let text = '';
  child.stderr!.on('data', (data) => {
    text += data;
  });
  return until(() => text.includes('running for'));
};

describe.runIf(hasKernel)('[kernel] npm start', () => {
  it(
    'forwards, drops and accounts for real traffic, and leaves nothing',
    async () => {
      const { child, outcome } = start(['--seconds', '3', '--json', '--backend', 'kernel']);
      const { code, stdout, stderr } = await outcome;
      expect(stderr).not.toContain('not so');
      expect(code).toBe(0);
      const report = JSON.parse(stdout) as Report;
      expect(report).toMatchObject({
        backend: 'kernel',
        effective: {
          pages: expect.stringMatching(/4k|thp|hugetlb2m/),
          ports: [
            { ifname: 'fw0', driver: 'veth', attachMode: 'native', copyMode: 'copy' },
            { ifname: 'fw1', driver: 'veth', attachMode: 'native', copyMode: 'copy' },
          ],
        },
        http: { allowed: 200, blocked: 'timeout' },
        udp: { receivedFlood: 0 },
        conservation: true,
      });
      expect(report.ping.received).toBeGreaterThan(0);
      expect(report.udp.receivedAllowed).toBe(report.allowedByRule['udp-limit']);
      expect(report.dropsByRule['udp-flood']).toBeGreaterThan(100);
      expect(report.operands.wire.client.txPackets).toBeGreaterThan(100);
      expect(report.equations.length).toBeGreaterThan(10);
      expect(namespaces(child.pid)).toEqual([]);
    },
    TIMEOUT,
  );

  it(
    'ends early and in order on Ctrl-C',
    async () => {
      const { child, outcome } = start(['--seconds', '600', '--json']);
      await running(child);
      await sleep(1000);
      child.kill('SIGINT');
      await sleep(300);
      child.kill('SIGINT'); // Impatience must not end the clean-up half-way.
      const { code, stdout } = await outcome;
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ backend: 'kernel', conservation: true });
      expect(namespaces(child.pid)).toEqual([]);
    },
    TIMEOUT,
  );

  it(
    'fails and cleans up when the firewall process is killed',
    async () => {
      const { child, outcome } = start(['--seconds', '600', '--json']);
      await running(child);
      process.kill(processOf(child.pid, 'firewall-process'), 'SIGKILL');
      const { code, stdout, stderr } = await outcome;
      expect(code).toBe(1);
      expect(stdout).toBe('');
      expect(stderr).toContain('the firewall process ended (SIGKILL)');
      expect(namespaces(child.pid)).toEqual([]);
    },
    TIMEOUT,
  );

  it(
    'starts again at once after everything was killed, and removes what was left',
    async () => {
      const { child, outcome } = start(['--seconds', '600', '--json']);
      await running(child);
      child.kill('SIGKILL');
      await outcome;
      expect(namespaces(child.pid)).toHaveLength(3);
      await until(() => namespaces(child.pid).every((name) => ip(`netns pids ${name}`) === ''));
      const again = start(['--seconds', '1', '--json']);
      const { code, stderr } = await again.outcome;
      expect(stderr).toContain(`fluxnet-demo-${child.pid}-firewall`);
      expect(code).toBe(0);
      expect([...namespaces(child.pid), ...namespaces(again.child.pid)]).toEqual([]);
    },
    TIMEOUT,
  );

  it(
    'prints a summary for people where no JSON is wanted',
    async () => {
      const { outcome } = start(['--seconds', '1']);
      const { code, stdout } = await outcome;
      expect(code).toBe(0);
      expect(stdout).toContain('conservation every packet is accounted for');
      expect(stdout).not.toContain('\u001b');
    },
    TIMEOUT,
  );

  it(
    'takes the simulator where rights are missing, and says so',
    async () => {
      const { outcome } = start(['--seconds', '1', '--json'], { uid: 65534, gid: 65534 });
      const { code, stdout, stderr } = await outcome;
      expect(stderr).toContain('using the simulator: this process lacks CAP_NET_ADMIN');
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ backend: 'simulator', conservation: true });
    },
    TIMEOUT,
  );

  it(
    'does not take the simulator when the kernel was asked for',
    async () => {
      const { outcome } = start(['--seconds', '1', '--backend', 'kernel', '--no-system'], {
        uid: 65534,
        gid: 65534,
      });
      const { code, stdout } = await outcome;
      expect(code).toBe(1);
      expect(stdout).toBe('');
    },
    TIMEOUT,
  );
});

describe('npm start -- --simulator', () => {
  it(
    'runs the same firewall with generated traffic, without the addon',
    async () => {
      const env = { ...process.env, FLUXNET_NO_NATIVE: '1' };
      const { outcome } = start(['--seconds', '2', '--json', '--simulator'], { env });
      const { code, stdout } = await outcome;
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({
        backend: 'simulator',
        http: { allowed: 200, blocked: 'timeout' },
        ping: { sent: 10, received: 10 },
        conservation: true,
      });
    },
    TIMEOUT,
  );

  it(
    'gives the same numbers every time',
    async () => {
      const args = ['--seconds', '1', '--json', '--simulator'];
      const [first, second] = await Promise.all([start(args).outcome, start(args).outcome]);
      expect(first.code).toBe(0);
      expect(second.stdout).toBe(first.stdout);
    },
    TIMEOUT,
  );

  it.each([
    [['--secondss', '1'], 'unknown flag --secondss'],
    [['--seconds', '0'], '--seconds is 0, allowed: an integer from 1 to 86400'],
    [['--backend', 'dpdk'], '--backend is dpdk, allowed: kernel, simulator'],
    [['--simulator', '--backend', 'kernel'], 'exclude each other'],
    [['now'], 'unknown argument now'],
  ])('refuses %j', async (args, message) => {
    const { code, stdout, stderr } = await start(args).outcome;
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain(message);
  });
});
