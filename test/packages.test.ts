import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Consumer,
  installConsumer,
  npm,
  packDependencies,
  programs,
  readmeExamples,
  typedPrograms,
} from './support/consumer.js';
import { dynamicEntries, glibcFloor, machineGlibc, resolvedLibraries } from './support/elf.js';
import { importsOf, sourcesOf, strayImports } from './support/imports.js';
import { hasKernel } from './support/kernel.js';
import {
  filesUnder,
  type Packed,
  pack,
  publicPackages,
  readJson,
  rootManifest,
  runNode,
  tellingFolders,
  trackedFiles,
  workspaces,
} from './support/packages.js';
import { inRoot } from './support/root.js';

/** Compiling takes its time on a slow machine. */
const COMPILE_MS = 180_000;

/** Node.js since 12 reads `exports`; the resolution before that has no sub-paths. */
const ATTW_PROFILE = ['--profile', 'node16'];

const full = process.env.FLUXNET_FULL === '1';
const manifests = [{ folder: '.', manifest: rootManifest }, ...workspaces];
const packageNames = publicPackages.map(({ manifest }) => manifest.name);

let folder: string;
let tarballs: ReadonlyMap<string, Packed>;
let dependencies: readonly Packed[];

beforeAll(async () => {
  const unbuilt = publicPackages.filter(({ folder }) => !existsSync(inRoot(folder, 'dist')));
  if (unbuilt.length > 0) throw new Error('the packages are not built: npm run build');
  folder = mkdtempSync(join(tmpdir(), 'fluxnet-packages-'));
  const packed = await Promise.all(publicPackages.map((each) => pack(inRoot(each.folder), folder)));
  tarballs = new Map(packed.map((each) => [each.name, each]));
  dependencies = await packDependencies(folder);
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const allTarballs = () => [...tarballs.values(), ...dependencies];

describe('manifests', () => {
  it('names the four public packages', () => {
    expect(packageNames.toSorted()).toEqual([
      'fluxnet',
      'fluxnet-core',
      'fluxnet-proto',
      'fluxnet-simulator',
    ]);
  });

  it('has one version everywhere, also where packages ask for each other', () => {
    const { version } = rootManifest;
    const names = workspaces.map(({ manifest }) => manifest.name);
    const others = manifests.flatMap(({ folder, manifest }) => [
      [`${folder} version`, manifest.version],
      ...dependenciesOf(manifest).filter(([name]) => names.includes(name)),
    ]);
    expect(others.filter(([, found]) => found !== version)).toEqual([]);
  });

  it('has the newest version in CHANGELOG.md', () => {
    const newest = readFileSync(inRoot('CHANGELOG.md'), 'utf8').match(/^## \[(.+?)\]/m)?.[1];
    expect(['Unreleased', rootManifest.version]).toContain(newest);
  });

  it('pins every dependency exactly', () => {
    const loose = manifests.flatMap(({ folder, manifest }) =>
      dependenciesOf(manifest)
        .filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
        .map(([name, version]) => `${folder}: ${name}@${version}`),
    );
    expect(loose).toEqual([]);
  });

  // npm runs what a package root with a binding.gyp does not even ask for, and npm 12 refuses to.
  it.each(publicPackages)('$folder runs nothing when it is installed', ({ folder, manifest }) => {
    const hooks = ['preinstall', 'install', 'postinstall', 'prepare', 'prepublish'];
    expect(Object.keys(manifest.scripts ?? {}).filter((name) => hooks.includes(name))).toEqual([]);
    expect(existsSync(inRoot(folder, 'binding.gyp'))).toBe(false);
    expect(manifest.gypfile).toBeUndefined();
  });

  it('installs the repository without an implicit build of its binding.gyp', () => {
    expect(existsSync(inRoot('binding.gyp'))).toBe(true);
    expect(rootManifest.gypfile).toBe(false);
  });

  // npm runs pre<name> before <name>: a script called prebuild would compile on every build.
  it('has no root script that runs before or after another one', () => {
    const names = Object.keys(rootManifest.scripts ?? {});
    const hooks = names.filter((name) => /^(pre|post)/.test(name));
    expect(hooks.filter((name) => names.includes(name.replace(/^(pre|post)/, '')))).toEqual([]);
  });

  it('locks packages without saying where they were downloaded', () => {
    const { packages } = readJson<{ packages: Record<string, { resolved?: string }> }>(
      'package-lock.json',
    );
    const folders = workspaces.map(({ folder }) => folder);
    const addresses = Object.values(packages).flatMap(({ resolved }) => resolved ?? []);
    expect(addresses.filter((address) => !folders.includes(address))).toEqual([]);
  });
});

/** All dependencies of a manifest, by name and version. */
function dependenciesOf(manifest: Readonly<Record<string, unknown>>): [string, string][] {
  const kinds = [
    'dependencies',
    'devDependencies',
    'optionalDependencies',
    'peerDependencies',
    'overrides',
  ];
  return kinds.flatMap((kind) => Object.entries((manifest[kind] ?? {}) as Record<string, string>));
}

describe('tracked files', () => {
  const tracked = trackedFiles();

  // The words are put together here, so that this file does not contain them itself.
  const registries = [
    ['registry', 'npmjs'],
    ['registry', 'yarnpkg'],
    ['registry', 'npmmirror'],
  ].map((words) => words.join('.'));
  const mirror = new RegExp(
    `https?://[^\\s/]*(${['regi' + 'stry', 'artif' + 'actory', 'verd' + 'accio'].join('|')})`,
  );
  const folders = [...['work', 'root'].map((name) => `/${name}`), ...tellingFolders()];
  const local = new RegExp(`(?<![\\w.~*})>-])(${folders.map(escapeForPattern).join('|')})/`);

  const containing = (matches: (text: string) => boolean) =>
    tracked!.filter((path) => matches(readFileSync(inRoot(path), 'utf8')));

  it.runIf(tracked)('name no registry', () => {
    const names = (text: string) => registries.some((host) => text.includes(host));
    expect(containing((text) => names(text) || mirror.test(text))).toEqual([]);
  });

  it.runIf(tracked)('name no folder of the machine they were written on', () => {
    expect(containing((text) => local.test(text))).toEqual([]);
  });
});

const escapeForPattern = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

describe('imports', () => {
  it('are seen whatever their form', () => {
    const source = `
      import a from 'a'; import type { B } from 'b'; export { c } from 'c'; export type * from 'd';
      const e = await import('e'); const f = require('f'); type G = import('g').G; import 'h';`;
    expect(importsOf(source).toSorted()).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']);
  });

  it.each([
    ['packages/fluxnet-proto', /(?!)/],
    ['packages/fluxnet-core', /^(node:.+|node-gyp-build)$/],
    ['simulator', /^fluxnet-(core(\/compliance)?|proto)$/],
    ['packages/fluxnet', /^(fluxnet-(core|proto)|node:diagnostics_channel)$/],
  ])('of %s point down', (folder, allowed) => {
    expect(sourcesOf(folder)).not.toEqual([]);
    expect(strayImports(folder, allowed)).toEqual([]);
  });

  it.each(['examples', 'bench'])('of %s are what the packages export', (folder) => {
    expect(strayImports(folder, /^(node:.+|fluxnet(-core|-proto|-simulator)?)$/)).toEqual([]);
  });
});

describe.each(publicPackages.map(({ folder, manifest: { name } }) => ({ name, source: folder })))(
  '$name as published',
  ({ name, source }) => {
    it('passes publint', async () => {
      const tarball = new Uint8Array(readFileSync(tarballs.get(name)!.tarball)).buffer;
      const { messages, pkg } = await publint({ pack: { tarball }, strict: true });
      expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
    });

    it('passes attw', async () => {
      const attw = inRoot('node_modules', '@arethetypeswrong', 'cli', 'dist', 'index.js');
      await runNode([attw, tarballs.get(name)!.tarball, '--no-color', ...ATTW_PROFILE]);
    });

    it('carries what belongs to it and nothing else', () => {
      const { files, size } = tarballs.get(name)!;
      const outputs = ['index.js', 'index.cjs', 'index.d.ts', 'index.d.cts'];
      expect(files).toEqual(
        expect.arrayContaining(['LICENSE', 'README.md', ...outputs.map((file) => `dist/${file}`)]),
      );
      expect(
        files.filter((file) => /\.test\.|\.tgz$|^src\/|tsconfig|\/build\//.test(file)),
      ).toEqual([]);
      expect(size).toBeLessThan(1.25 * 2 ** 20);
      expect(readFileSync(inRoot(source, 'LICENSE'))).toEqual(readFileSync(inRoot('LICENSE')));
    });

    it('has source maps that need no source beside them', () => {
      const maps = filesUnder(inRoot(source, 'dist')).filter((file) => file.endsWith('.map'));
      expect(maps).not.toEqual([]);
      for (const map of maps) {
        const { sources, sourcesContent } = JSON.parse(readFileSync(map, 'utf8'));
        expect(sources.filter((path: string) => path.startsWith('/'))).toEqual([]);
        expect(sourcesContent.filter((text: unknown) => typeof text === 'string')).toHaveLength(
          sources.length,
        );
      }
    });
  },
);

it('fluxnet-core carries what its addon is compiled from, and names what it has of others', () => {
  const { files } = tarballs.get('fluxnet-core')!;
  expect(files).toEqual(
    expect.arrayContaining(['THIRD_PARTY.md', 'native/binding.gyp', 'native/bpf/embed.mjs']),
  );
  const sources = filesUnder(inRoot('packages/fluxnet-core/native/src'));
  expect(files.filter((file) => file.startsWith('native/src/'))).toHaveLength(sources.length);
});

describe('a project that installs the packages', () => {
  let consumer: Consumer;
  beforeAll(async () => {
    consumer = await installConsumer(join(folder, 'consumer'), allTarballs());
  }, 60_000);

  it('compiles nothing, also when installed from its lockfile', async () => {
    const lock = readFileSync(join(consumer.folder, 'package-lock.json'), 'utf8');
    expect(lock).not.toContain('hasInstallScript');
    await npm(consumer.folder, 'ci');
    const core = join(consumer.folder, 'node_modules', 'fluxnet-core');
    for (const made of ['build', 'native/build']) {
      expect(existsSync(join(core, made)), made).toBe(false);
    }
  });

  it.each(Object.entries(programs))('runs %s without an addon', async (name, source) => {
    const code = process.platform === 'linux' ? 'FLUX_NATIVE_MISSING' : 'FLUX_UNSUPPORTED_PLATFORM';
    expect(await consumer.runProgram(name, source, { FLUXNET_NO_NATIVE: '1' })).toEqual({
      stopReason: 0,
      dstPort: 53,
      supported: false,
      code,
      thrown: code,
    });
  });

  it('recognises errors across the two module systems', async () => {
    const program = `
      const { kernelBackend } = require('fluxnet-core');
      import('fluxnet').then(({ isFluxError }) => {
        try { kernelBackend.interfaces(); } catch (error) { console.log(isFluxError(error)); }
      });`;
    const seen = await consumer.runProgram('errors.cjs', program, { FLUXNET_NO_NATIVE: '1' });
    expect(seen).toBe(true);
  });

  it('type-checks, as an ES module and as a CommonJS one, with the README examples', async () => {
    const examples = readmeExamples();
    expect(Object.keys(examples).length).toBeGreaterThanOrEqual(3);
    await consumer.typeCheck({ ...typedPrograms, ...examples });
  }, 60_000);

  it('gets nothing that tells where it was made', () => {
    expect(filesThatTell(join(consumer.folder, 'node_modules'))).toEqual([]);
  });

  it.runIf(hasKernel && full)(
    '[kernel] [full] compiles the addon from the package, as the error tells it to',
    async () => {
      const native = join(consumer.folder, 'node_modules', 'fluxnet-core', 'native');
      const nodeGyp = inRoot('node_modules', 'node-gyp', 'bin', 'node-gyp.js');
      await runNode([nodeGyp, 'rebuild', '-C', native, '-j', 'max'], { env: await localHeaders() });
      expect(await consumer.runProgram('native.mjs', ASK_KERNEL)).toMatchObject({
        interfaces: expect.arrayContaining(['lo']),
      });
    },
    COMPILE_MS,
  );
});

/** Installed files of ours that contain the name of a folder of this machine. */
function filesThatTell(modules: string): string[] {
  const ours = packageNames.flatMap((name) => filesUnder(join(modules, name)));
  return ours.filter((file) => {
    const content = readFileSync(file, 'latin1');
    return tellingFolders().some((path) => content.includes(`${path}/`));
  });
}

/** Node's headers, without a download where they are at hand. */
async function localHeaders(): Promise<NodeJS.ProcessEnv> {
  const script = new URL('../scripts/lib/native.mjs', import.meta.url);
  return (await import(script.href)).localHeaders();
}

const ASK_KERNEL = `
import { kernelBackend, nativePath } from 'fluxnet-core';
console.log(JSON.stringify({ interfaces: kernelBackend.interfaces(), path: nativePath() }));`;

describe('the addon', () => {
  const vendor = inRoot('packages/fluxnet-core/native/vendor', `linux-${process.arch}`, 'lib');
  let addon: string;
  beforeAll(async () => {
    if (!hasKernel) return;
    // Where the built package finds it, not where its sources do.
    addon = JSON.parse(await runNode(['--input-type=module', '-e', ASK_KERNEL])).path;
  });

  it.runIf(hasKernel)('[kernel] is the one that the root binding.gyp builds', () => {
    const built = readFileSync(inRoot('build/Release/fluxnet.node'));
    expect(readFileSync(addon).equals(built)).toBe(true);
  });

  it.runIf(hasKernel)('[kernel] finds its libraries beside itself, and no others', async () => {
    const runPath = `$ORIGIN/../../vendor/linux-${process.arch}/lib`;
    expect(await dynamicEntries(addon, 'RUNPATH')).toEqual([runPath]);
    expect(await carriedLibraries(addon)).toEqual(carriedIn(vendor));
  });

  it.runIf(hasKernel)(
    '[kernel] does not need libxdp until the dispatcher is asked for',
    async () => {
      expect(await dynamicEntries(addon, 'NEEDED')).not.toContain('libxdp.so.1');
      expect(readdirSync(vendor)).toContain('libxdp.so.1');
    },
  );

  it.runIf(hasKernel)('[kernel] runs on glibc 2.34, if made on Debian 12', async () => {
    const files = [addon, ...readdirSync(vendor).map((name) => join(vendor, name))];
    const floor = Math.max(...(await Promise.all(files.map(glibcFloor))));
    // 2.34 is where dlopen and threads moved into libc. What is made on a distribution newer than
    // Debian 12 (glibc 2.36) is for that machine, and is not what gets published.
    const machine = await machineGlibc();
    expect(floor).toBeGreaterThan(0);
    expect(floor).toBeLessThanOrEqual(machine <= 36 ? 34 : machine);
  });

  it.runIf(hasKernel)(
    '[kernel] is found when it comes prebuilt with the package',
    async () => {
      const consumer = await installConsumer(join(folder, 'prebuilt'), [
        ...allTarballs().filter(({ name }) => name !== 'fluxnet-core'),
        await packPrebuilt(join(folder, 'with-prebuild')),
      ]);
      const seen = await consumer.runProgram('native.mjs', ASK_KERNEL, { PREBUILDS_ONLY: '1' });
      const { interfaces, path } = seen as { interfaces: string[]; path: string };
      expect(interfaces).toContain('lo');
      expect(path).toContain(join(consumer.folder, 'node_modules', 'fluxnet-core'));
      expect(basename(path)).toMatch(/^fluxnet\.(glibc|musl)\.node$/);
      const beside = join(path, `../../../vendor/linux-${process.arch}/lib`);
      expect(await carriedLibraries(path)).toEqual(carriedIn(beside));
      expect(filesThatTell(join(consumer.folder, 'node_modules'))).toEqual([]);
    },
    COMPILE_MS,
  );
});

/** Packs a copy of fluxnet-core with a prebuilt addon: the tests beside us use the original. */
async function packPrebuilt(work: string): Promise<Packed> {
  const copy = join(work, 'fluxnet-core');
  const left = ['native/build', 'native/prebuilds', 'src'].map((name) =>
    inRoot('packages/fluxnet-core', name),
  );
  const filter = (path: string) => !left.includes(path);
  cpSync(inRoot('packages/fluxnet-core'), copy, { recursive: true, filter });
  await runNode([inRoot('scripts', 'prebuild.mjs'), '--out', join(copy, 'native')]);
  return pack(copy, work);
}

/** Libraries the addon needs of those that it carries: all but libxdp, which is loaded later. */
function carriedIn(lib: string): Record<string, string> {
  const names = readdirSync(lib).filter((name) => !name.startsWith('libxdp.'));
  return Object.fromEntries(names.map((name) => [name, join(lib, name)]));
}

/** What the dynamic linker takes for an addon, without what every Node.js has loaded already. */
async function carriedLibraries(file: string): Promise<Record<string, string>> {
  const ofSystem = /^(libc|libm|libdl|librt|libpthread|libstdc\+\+|libgcc_s|ld-linux.*)\.so/;
  const all = [...(await resolvedLibraries(file))];
  return Object.fromEntries(all.filter(([soname]) => !ofSystem.test(soname)));
}

describe('the API reference', () => {
  it.runIf(full)(
    '[full] is made without a warning',
    async () => {
      const typedoc = inRoot('node_modules', 'typedoc', 'bin', 'typedoc');
      await runNode([typedoc, '--out', join(folder, 'api')]);
      expect(existsSync(join(folder, 'api', 'index.html'))).toBe(true);
    },
    COMPILE_MS,
  );
});
