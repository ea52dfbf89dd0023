// @ts-check
import { existsSync, readFileSync } from 'node:fs';
import { SetupError } from './errors.mjs';
import { runLogged } from './run.mjs';
import { hasCommand } from './system.mjs';

/**
 * A package is there when what it is needed for is there: asking for commands and files works on
 * every distribution, finds what was installed by other means, and takes no time.
 * @typedef {{ package: string, commands?: string[], files?: string[], optionalOn?: string }} Need
 * @typedef {{ hasCommand: (name: string) => boolean, hasFile: (path: string) => boolean }} Probe
 * @typedef {{ id: string, debianLike: boolean }} Distribution
 */

/** @type {Need[]} */
export const NEEDS = [
  { package: 'g++', commands: ['g++'] },
  { package: 'make', commands: ['make'] },
  { package: 'python3', commands: ['python3'] },
  { package: 'clang', commands: ['clang'] },
  { package: 'libxdp-dev', files: ['/usr/include/xdp/xsk.h', '/usr/include/xdp/libxdp.h'] },
  { package: 'libbpf-dev', files: ['/usr/include/bpf/libbpf.h', '/usr/include/bpf/bpf_helpers.h'] },
  { package: 'libelf-dev', files: ['/usr/include/libelf.h'] },
  { package: 'zlib1g-dev', files: ['/usr/include/zlib.h'] },
  { package: 'patchelf', commands: ['patchelf'] },
  { package: 'iproute2', commands: ['ip'] },
  { package: 'ethtool', commands: ['ethtool'] },
  { package: 'iputils-ping', commands: ['ping'] },
  // Ubuntu ties bpftool to the running kernel's tools; nothing here fails without it.
  { package: 'bpftool', commands: ['bpftool'], optionalOn: 'ubuntu' },
];

/** @type {Probe} */
const THIS_MACHINE = { hasCommand, hasFile: existsSync };

/**
 * @param {Distribution} distribution
 * @param {Probe} [probe]
 * @returns {string[]} names of Debian packages
 */
export function missingPackages(distribution, probe = THIS_MACHINE) {
  return NEEDS.filter((need) => need.optionalOn !== distribution.id)
    .filter((need) => !isMet(need, probe))
    .map((need) => need.package);
}

/**
 * @param {Need} need
 * @param {Probe} probe
 */
function isMet({ commands = [], files = [] }, probe) {
  return (
    commands.every((name) => probe.hasCommand(name)) && files.every((path) => probe.hasFile(path))
  );
}

/** @param {string} osRelease the text of /etc/os-release */
export function parseDistribution(osRelease) {
  /** @param {string} key */
  const field = (key) =>
    osRelease.match(new RegExp(`^${key}=["']?([^"'\\n]*)`, 'm'))?.[1]?.toLowerCase() ?? '';
  const family = [field('ID'), ...field('ID_LIKE').split(' ')];
  return {
    id: family.includes('ubuntu') ? 'ubuntu' : field('ID'),
    debianLike: family.includes('debian') || family.includes('ubuntu'),
  };
}

/** @returns {Distribution} */
export function thisDistribution() {
  const file = '/etc/os-release';
  return parseDistribution(existsSync(file) ? readFileSync(file, 'utf8') : '');
}

/**
 * Installs what is missing, or says how to.
 * @param {import('./progress.mjs').Progress} progress
 * @param {{ mayInstall: boolean }} options
 */
export async function ensureSystemPackages(progress, { mayInstall }) {
  const distribution = thisDistribution();
  const missing = missingPackages(distribution);
  if (missing.length === 0) return;
  const isRoot = process.getuid?.() === 0;
  const apt = distribution.debianLike && hasCommand('apt-get');
  if (!apt || !isRoot || !mayInstall) throw cannotInstall(missing, { apt, isRoot });
  progress.note(`System packages to install with apt-get: ${missing.join(' ')}`);
  await progress.run('system packages', () => aptInstall(missing));
}

/** @param {string[]} packages */
async function aptInstall(packages) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const hint = `see what ${installCommand(packages, true)} says`;
  await runLogged('apt-update', ['apt-get', 'update'], { env, hint });
  await runLogged(
    'apt-install',
    ['apt-get', 'install', '-y', '--no-install-recommends', ...packages],
    { env, hint },
  );
  const left = missingPackages(thisDistribution());
  if (left.length > 0) throw new SetupError(`installed, yet still not found: ${left.join(' ')}`);
}

/**
 * @param {string[]} packages
 * @param {boolean} isRoot
 */
export function installCommand(packages, isRoot) {
  const command = `apt-get install -y --no-install-recommends ${packages.join(' ')}`;
  return isRoot ? command : `sudo ${command}`;
}

/**
 * @param {string[]} packages
 * @param {{ apt: boolean, isRoot: boolean }} machine
 */
export function cannotInstall(packages, { apt, isRoot }) {
  const message = `system packages are missing: ${packages.join(' ')}`;
  const withoutThem = 'or use --simulator, which needs none of them';
  if (apt)
    return new SetupError(message, `${installCommand(packages, isRoot)}\n    ${withoutThem}`);
  return new SetupError(
    message,
    `these are Debian's names; install your distribution's equivalents, ${withoutThem}`,
  );
}
