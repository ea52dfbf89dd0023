import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

/** The scripts are plain JavaScript, outside what the TypeScript sources may import statically. */
const script = (path: string) => new URL(`../scripts/${path}.mjs`, import.meta.url);
const load = (name: string) => import(script(`lib/${name}`).href);

const { parseFlags } = await load('args');
const { fingerprint, Stamp } = await load('fingerprint');
const { isNodeTooOld, checkNodeVersion } = await load('node-version');
const { matchesLock } = await load('npm-packages');
const { planSteps } = await load('steps');
const { closingLine, summarize } = await load('summary');
const { hasCommand } = await load('system');
const { cannotInstall, missingPackages, parseDistribution } = await load('system-packages');
const { buildOrder } = await load('typescript');
const { outsideReferences } = await load('vendor');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fluxnet-scripts-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function run(name: string, ...args: string[]) {
  return spawnSync(process.execPath, [fileURLToPath(script(name)), ...args], { encoding: 'utf8' });
}

describe('flags', () => {
  it.each(['setup', 'test'])('%s.mjs rejects an unknown flag by name', (name) => {
    const { status, stderr } = run(name, '--simulatr');
    expect(status).toBe(1);
    expect(stderr).toContain('unknown flag --simulatr');
    expect(stderr).not.toContain('    at ');
  });

  it('rejects an unknown step by name', () => {
    const { status, stderr } = run('setup', '--only', 'nativ');
    expect(status).toBe(1);
    expect(stderr).toContain('unknown step nativ');
  });

  it.each([
    ['setup', '--only <step>'],
    ['test', '--full'],
  ])('%s.mjs --help names its flags on standard output', (name, flag) => {
    const { status, stdout } = run(name, '--help');
    expect(status).toBe(0);
    expect(stdout).toContain(flag);
  });

  it('reads flags, values and what follows --', () => {
    const table = { full: { text: '' }, only: { value: 'step', text: '' } };
    expect(parseFlags(['--full', '--only=a', '--', '--x', 'y'], table, 'c')).toEqual({
      flags: { full: true, only: 'a' },
      rest: ['--x', 'y'],
    });
    expect(() => parseFlags(['--only'], table, 'c')).toThrow('--only needs a value');
    expect(() => parseFlags(['--full=1'], table, 'c')).toThrow('--full takes no value');
    expect(() => parseFlags(['--toString'], table, 'c')).toThrow('unknown flag --toString');
    expect(() => parseFlags(['stray'], table, 'c')).toThrow('unknown argument stray');
  });
});

describe('steps', () => {
  it('leaves the kernel side out where it is not wanted or not there', () => {
    const all = ['npm', 'system', 'vendor', 'native', 'baseline', 'typescript'];
    expect(planSteps({ platform: 'linux' })).toEqual({ steps: all });
    expect(planSteps({ platform: 'linux', simulator: true }).steps).toEqual(['npm', 'typescript']);
    expect(planSteps({ platform: 'linux', only: 'build' }).steps).toEqual(all.slice(2));
    const elsewhere = planSteps({ platform: 'darwin' });
    expect(elsewhere.steps).toEqual(['npm', 'typescript']);
    expect(elsewhere.skipped).toContain('darwin');
  });
});

describe('Node version', () => {
  it.each([
    ['18.20.4', true],
    ['20.9.0', true],
    ['20.18.3', true],
    ['20.19.0', false],
    ['v20.20.2', false],
    ['22.0.0', false],
    ['24.0.0-nightly', false],
  ])('%s too old: %s', (version, tooOld) => {
    expect(isNodeTooOld(version)).toBe(tooOld);
  });

  it('says which version is needed', () => {
    expect(() => checkNodeVersion('18.0.0')).toThrow('Node.js 18.0.0 is too old');
    expect(() => checkNodeVersion('20.19.0')).not.toThrow();
  });
});

describe('system packages', () => {
  const machine = (lacking: string[]) => {
    // The real probe takes an environment too: nothing may be passed in its place.
    const has = (name: string, ...more: unknown[]) => more.length === 0 && !lacking.includes(name);
    return { hasCommand: has, hasFile: has };
  };
  const debian = { id: 'debian', debianLike: true };

  it('names exactly what is missing', () => {
    expect(missingPackages(debian, machine([]))).toEqual([]);
    expect(missingPackages(debian, machine(['ping', '/usr/include/xdp/xsk.h']))).toEqual([
      'libxdp-dev',
      'iputils-ping',
    ]);
  });

  it('asks for bpftool on Debian and not on Ubuntu', () => {
    expect(missingPackages(debian, machine(['bpftool']))).toEqual(['bpftool']);
    expect(missingPackages({ ...debian, id: 'ubuntu' }, machine(['bpftool']))).toEqual([]);
  });

  it('recognises a distribution and its family', () => {
    expect(parseDistribution('NAME="Debian GNU/Linux"\nVERSION_ID="12"\nID=debian\n')).toEqual({
      id: 'debian',
      debianLike: true,
    });
    expect(parseDistribution('ID=ubuntu\nID_LIKE=debian\n').id).toBe('ubuntu');
    expect(parseDistribution('ID=linuxmint\nID_LIKE="ubuntu debian"\n').id).toBe('ubuntu');
    expect(parseDistribution('ID="fedora"\n').debianLike).toBe(false);
  });

  it('gives the one command that installs them', () => {
    const user = cannotInstall(['make', 'clang'], { apt: true, isRoot: false });
    expect(user.message).toContain('make clang');
    expect(user.hint).toContain('sudo apt-get install -y --no-install-recommends make clang');
    expect(cannotInstall(['make'], { apt: true, isRoot: true }).hint).not.toContain('sudo');
    expect(cannotInstall(['make'], { apt: false, isRoot: true }).hint).not.toContain('apt-get');
  });

  it('finds commands on the PATH', () => {
    const tool = join(folder, 'fluxnet-tool');
    writeFileSync(tool, '', { mode: 0o755 });
    expect(hasCommand('fluxnet-tool', { PATH: folder })).toBe(true);
    expect(hasCommand('fluxnet-tool', { PATH: '' })).toBe(false);
  });
});

describe('fingerprint', () => {
  it('follows contents and names, not times', () => {
    const file = join(folder, 'a.txt');
    writeFileSync(file, 'one');
    const first = fingerprint([folder]);
    utimesSync(file, 1, 1);
    expect(fingerprint([folder])).toBe(first);
    writeFileSync(file, 'two');
    expect(fingerprint([folder])).not.toBe(first);
    writeFileSync(file, 'one');
    expect(fingerprint([folder])).toBe(first);
    writeFileSync(join(folder, 'b.txt'), '');
    expect(fingerprint([folder])).not.toBe(first);
    expect(fingerprint([folder], { include: (path: string) => path === file })).toBe(first);
    expect(fingerprint([folder], { extra: ['v2'] })).not.toBe(fingerprint([folder]));
    expect(fingerprint([join(folder, 'absent')])).toMatch(/^[0-9a-f]{64}$/);
  });

  it('is remembered between runs', () => {
    const file = join(folder, 'stamps', 'step');
    expect(new Stamp(file).read()).toBeUndefined();
    new Stamp(file).write('abc');
    expect(new Stamp(file).read()).toBe('abc');
  });

  it('decides what is done again, and a failure is', async () => {
    const stamp = new Stamp(join(folder, 'step'));
    let done = 0;
    let there = true;
    const ensure = (wanted: string) =>
      stamp.ensure(
        wanted,
        () => there,
        async () => {
          if (wanted === 'bad') throw new Error('broken');
          done += 1;
        },
      );
    await ensure('a');
    await ensure('a');
    expect(done).toBe(1);
    await expect(ensure('bad')).rejects.toThrow('broken');
    await ensure('a');
    expect(done).toBe(2);
    there = false;
    await ensure('a');
    expect(done).toBe(3);
  });
});

describe('npm packages', () => {
  const lock = {
    packages: {
      '': { version: '1.0.0' },
      'node_modules/a': { version: '1.0.0' },
      'node_modules/other-platform': { version: '1.0.0', optional: true },
    },
  };

  it('accepts what npm installed from this lockfile, and nothing else', () => {
    const a = (version: string) => ({ 'node_modules/a': { version } });
    expect(matchesLock({ packages: a('1.0.0') }, lock)).toBe(true);
    expect(matchesLock({ packages: a('1.0.1') }, lock)).toBe(false);
    expect(matchesLock({ packages: {} }, lock)).toBe(false);
    const more = { ...a('1.0.0'), 'node_modules/gone': { version: '1.0.0' } };
    expect(matchesLock({ packages: more }, lock)).toBe(false);
  });
});

describe('build order', () => {
  it('puts what is needed first and keeps the rest side by side', () => {
    const waves = buildOrder([
      { name: 'sdk', needs: ['core', 'proto'] },
      { name: 'core', needs: [] },
      { name: 'proto', needs: [] },
      { name: 'examples', needs: ['sdk'] },
    ]);
    const names = waves.map((wave: { name: string }[]) => wave.map(({ name }) => name));
    expect(names).toEqual([['core', 'proto'], ['sdk'], ['examples']]);
  });

  it('does not loop on a circle', () => {
    const circle = [
      { name: 'a', needs: ['b'] },
      { name: 'b', needs: ['a'] },
    ];
    expect(() => buildOrder(circle)).toThrow('a, b');
  });
});

describe('carried libraries', () => {
  it('finds what resolves outside the folder or not at all', () => {
    const ldd = [
      '\tlibbpf.so.1 => /v/lib/libbpf.so.1 (0x1)',
      '\tlibelf.so.1 => /usr/lib/libelf.so.1 (0x2)',
      '\tlibzstd.so.1 => not found',
      '\tlibc.so.6 => /lib/libc.so.6 (0x3)',
    ].join('\n');
    const outside = outsideReferences(ldd, ['libbpf.so.1', 'libelf.so.1'], '/v/lib');
    expect(outside).toHaveLength(2);
    expect(outside[0]).toContain('libelf.so.1');
    expect(outside[1]).toContain('not found');
  });
});

describe('summary', () => {
  const green = [
    { name: 'lint', passed: true },
    { name: 'types', passed: true },
  ];
  const test = (status: string, fullName = 'a test') => ({ status, fullName });
  const report = (...assertionResults: ReturnType<typeof test>[]) => ({
    testResults: [{ name: 'a.test.ts', status: 'passed', assertionResults }],
  });
  const summary = (run: object) =>
    summarize({ checks: green, exit: 0, kernelRequired: false, ...run });

  it('counts tests and checks together', () => {
    const result = summary({ report: report(test('passed'), test('passed')) });
    expect(result).toEqual({ passed: 4, failed: 0, skipped: 0, problems: [] });
    expect(closingLine(result)).toBe('4 passed, 0 failed');
  });

  it('counts a failed test once, whatever vitest exits with', () => {
    const result = summary({ report: report(test('passed'), test('failed')), exit: 1 });
    expect(closingLine(result)).toBe('3 passed, 1 failed');
  });

  it('counts a failed check as a failure', () => {
    const checks = [{ name: 'lint', passed: false }, green[1]];
    const result = summary({ checks, report: report(test('passed')) });
    expect(closingLine(result)).toBe('2 passed, 1 failed');
    expect(result.problems).toEqual(['lint failed']);
  });

  it('allows skipped tests where the kernel is not required', () => {
    const result = summary({ report: report(test('passed'), test('skipped', 'tx [kernel] a')) });
    expect(closingLine(result)).toBe('3 passed, 0 failed, 1 skipped');
  });

  it('names a skipped kernel test where the kernel is required, and fails', () => {
    const some = report(test('passed'), test('skipped', 'tx [kernel] a'), test('todo', 'b'));
    const result = summary({ report: some, kernelRequired: true });
    expect(closingLine(result)).toBe('3 passed, 1 failed, 1 skipped');
    expect(result.problems.join()).toContain('tx [kernel] a');
  });

  it('asks for a long kernel test in a full run only', () => {
    const some = report(test('passed'), test('skipped', 'soak [kernel] [full]'));
    expect(summary({ report: some, kernelRequired: true }).failed).toBe(0);
    expect(summary({ report: some, kernelRequired: true, full: true }).failed).toBe(1);
  });

  it('fails when no test ran', () => {
    expect(summary({ report: { testResults: [] }, exit: 1 })).toMatchObject({ failed: 1 });
    expect(summary({ report: report(test('skipped')) })).toMatchObject({ failed: 1 });
  });

  it('fails when vitest left no report', () => {
    expect(summary({ report: undefined, exit: 'SIGSEGV' })).toMatchObject({ passed: 2, failed: 1 });
  });

  it('fails when a test file could not be loaded', () => {
    const broken = { name: 'b.test.ts', status: 'failed', assertionResults: [] };
    const some = { testResults: [...report(test('passed')).testResults, broken] };
    expect(summary({ report: some, exit: 1 }).problems).toEqual(['could not be run: b.test.ts']);
  });

  it('fails on an error outside any test', () => {
    const some = report(test('passed'));
    expect(summary({ report: some, exit: 1 })).toMatchObject({ passed: 3, failed: 1 });
    const checks = [{ name: 'lint', passed: false }, green[1]];
    expect(summary({ checks, report: some, exit: 1 })).toMatchObject({ passed: 2, failed: 2 });
  });
});
