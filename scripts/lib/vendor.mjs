// @ts-check
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { SetupError } from './errors.mjs';
import { withSystemPath } from './system.mjs';

/** Debian's folder names, by Node's names of the architectures. @type {Record<string, string>} */
const TRIPLETS = { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' };

/** What the addon loads by itself; everything else follows from their NEEDED entries. */
const ROOT_LIBRARIES = ['libxdp.so.1', 'libbpf.so.1'];

/** Parts of the C library: always the target's own. */
const FROM_THE_TARGET = /^(libc|libm|libdl|librt|libpthread|ld-linux.*)\.so/;

/** xdp-tools also installs headers under GPL-2.0 alone; a package under MIT leaves those out. */
const CARRIED_HEADERS = {
  xdp: ['libxdp.h', 'xsk.h', 'xdp_helpers.h', 'parsing_helpers.h', 'prog_dispatcher.h'],
  bpf: undefined,
};

const CARRIED_PROGRAMS = /^(xdp-dispatcher|xsk_def_xdp_prog.*)\.o$/;

/**
 * @typedef {{ path: string, package: string, sha256: string }} VendoredFile
 * @typedef {{ name: string, version: string, source: string }} VendoredPackage
 */

/** @param {string} arch */
export function tripletOf(arch) {
  const triplet = TRIPLETS[arch];
  if (triplet) return triplet;
  throw new SetupError(
    `fluxnet's native part is not made for ${arch}; it knows ${Object.keys(TRIPLETS).join(', ')}`,
    'use the simulator: npm start -- --simulator, npm test -- --simulator',
  );
}

/**
 * The file the dynamic linker would take for a SONAME, its symlinks resolved.
 * @param {string} soname
 * @param {string} triplet
 */
export function findLibrary(soname, triplet) {
  const inTriplet = [`/usr/lib/${triplet}/${soname}`, `/lib/${triplet}/${soname}`];
  const found = inTriplet.find(existsSync) ?? askLinkerCache(soname, triplet);
  if (found) return realpathSync(found);
  throw new SetupError(
    `${soname} is not installed`,
    'install libxdp-dev, libbpf-dev, libelf-dev and zlib1g-dev (npm run setup does it for you)',
  );
}

/**
 * @param {string} soname
 * @param {string} triplet
 */
function askLinkerCache(soname, triplet) {
  const machine = triplet.startsWith('x86_64') ? 'x86-64' : 'AArch64';
  const entry = run('ldconfig', ['-p'])
    .split('\n')
    .find((line) => line.trim().startsWith(`${soname} `) && line.includes(machine));
  return entry?.split('=> ')[1]?.trim();
}

/**
 * Every library the carried ones need, themselves included, as SONAME → file.
 * (libelf needs libzstd on some distributions, so the list cannot be a constant.)
 * @param {string} triplet
 * @returns {Map<string, string>}
 */
export function libraryClosure(triplet) {
  /** @type {Map<string, string>} */
  const found = new Map();
  const queue = [...ROOT_LIBRARIES];
  for (let soname = queue.shift(); soname; soname = queue.shift()) {
    if (found.has(soname) || FROM_THE_TARGET.test(soname)) continue;
    const file = findLibrary(soname, triplet);
    found.set(soname, file);
    queue.push(...dynamicEntries(file, 'NEEDED'));
  }
  return found;
}

/**
 * Values of one kind of entry in a shared object's dynamic section.
 * @param {string} file
 * @param {'NEEDED' | 'RUNPATH'} tag
 */
export function dynamicEntries(file, tag) {
  const pattern = new RegExp(`\\(${tag}\\).*\\[(.*)\\]`);
  return run('readelf', ['-d', '-W', file])
    .split('\n')
    .flatMap((line) => line.match(pattern)?.[1] ?? []);
}

/**
 * Fills an empty folder with everything the addon carries.
 * @param {string} folder
 * @param {string} arch
 */
export function vendorInto(folder, arch) {
  const triplet = tripletOf(arch);
  const owned = new PackageIndex();
  for (const sub of ['lib', 'bpf', 'include', 'LICENSES']) {
    mkdirSync(join(folder, sub), { recursive: true });
  }
  const files = [
    ...copyLibraries(folder, triplet, owned),
    ...copyPrograms(folder, triplet, owned),
    ...copyHeaders(folder, owned),
  ];
  owned.copyLicences(folder);
  checkVendored(folder);
  const manifest = { arch, packages: owned.list(), files: files.map((file) => seal(folder, file)) };
  writeFileSync(join(folder, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}

/**
 * @param {string} folder
 * @param {string} triplet
 * @param {PackageIndex} owned
 */
function copyLibraries(folder, triplet, owned) {
  return [...libraryClosure(triplet)].map(([soname, file]) => {
    const target = join(folder, 'lib', soname);
    copyFileSync(file, target);
    chmodSync(target, 0o644);
    // The only change made: the libraries find each other beside themselves, wherever they lie.
    run('patchelf', ['--set-rpath', '$ORIGIN', target]);
    return { path: `lib/${soname}`, package: owned.ownerOf(file) };
  });
}

/**
 * libxdp loads these from its own library folder or from LIBXDP_OBJECT_PATH.
 * @param {string} folder
 * @param {string} triplet
 * @param {PackageIndex} owned
 */
function copyPrograms(folder, triplet, owned) {
  const source = `/usr/lib/${triplet}/bpf`;
  const names = listFolder(source).filter((name) => CARRIED_PROGRAMS.test(name));
  if (!names.includes('xdp-dispatcher.o')) {
    throw new SetupError(`${source}/xdp-dispatcher.o is missing`, 'install libxdp1 again');
  }
  return names.map((name) => {
    copyFileSync(join(source, name), join(folder, 'bpf', name));
    return { path: `bpf/${name}`, package: owned.ownerOf(join(source, name)) };
  });
}

/**
 * @param {string} folder
 * @param {PackageIndex} owned
 */
function copyHeaders(folder, owned) {
  return Object.entries(CARRIED_HEADERS).flatMap(([sub, only]) => {
    const source = `/usr/include/${sub}`;
    const names = listFolder(source).filter((name) => only?.includes(name) ?? name.endsWith('.h'));
    if (names.length === 0) {
      throw new SetupError(`no headers in ${source}`, 'install libxdp-dev and libbpf-dev');
    }
    mkdirSync(join(folder, 'include', sub), { recursive: true });
    return names.map((name) => {
      copyFileSync(join(source, name), join(folder, 'include', sub, name));
      return { path: `include/${sub}/${name}`, package: owned.ownerOf(join(source, name)) };
    });
  });
}

/** @param {string} folder */
function listFolder(folder) {
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}

/**
 * @param {string} folder
 * @param {{ path: string, package: string }} file
 * @returns {VendoredFile}
 */
function seal(folder, file) {
  const content = readFileSync(join(folder, file.path));
  return { ...file, sha256: createHash('sha256').update(content).digest('hex') };
}

/**
 * The proof that the folder stands alone: the linker itself resolves every library inside it.
 * @param {string} folder
 */
function checkVendored(folder) {
  const lib = join(folder, 'lib');
  for (const name of readdirSync(lib)) {
    const runPath = dynamicEntries(join(lib, name), 'RUNPATH').join();
    if (runPath === '$ORIGIN') continue;
    throw new SetupError(`${name} has run path "${runPath}" instead of $ORIGIN`, PATCHELF_HINT);
  }
  const outside = outsideReferences(run('ldd', [join(lib, 'libxdp.so.1')]), readdirSync(lib), lib);
  if (outside.length > 0) {
    throw new SetupError(`libxdp.so.1 would not load from ${lib}: ${outside.join('; ')}`);
  }
}

const PATCHELF_HINT = 'a patchelf of version 0.12 or newer is needed';

/**
 * Lines of `ldd` that resolve a carried library anywhere but in its own folder, or not at all.
 * @param {string} lddOutput
 * @param {string[]} carried
 * @param {string} lib
 */
export function outsideReferences(lddOutput, carried, lib) {
  const lines = lddOutput.split('\n').map((line) => line.trim());
  return lines.filter((line) => {
    const [soname = '', target = ''] = line.split(' => ');
    if (target.startsWith('not found')) return true;
    return carried.includes(soname) && !target.startsWith(`${lib}/`);
  });
}

/** Which distribution package each carried file came from. */
class PackageIndex {
  /** @type {Set<string>} */
  #names = new Set();

  /** @param {string} file */
  ownerOf(file) {
    const name = ownerFromDpkg(file) ?? 'unknown';
    this.#names.add(name);
    return name;
  }

  /** @returns {VendoredPackage[]} */
  list() {
    return this.#known().map((name) => {
      // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own placeholders
      const format = '${Version}\t${source:Package} ${source:Version}';
      const [version = '', source = ''] = tryRun('dpkg-query', ['-W', '-f', format, name])
        .split('\n')[0]
        .split('\t');
      return { name, version, source };
    });
  }

  /** @param {string} folder */
  copyLicences(folder) {
    for (const name of this.#known()) {
      const text = `/usr/share/doc/${name}/copyright`;
      if (!existsSync(text)) throw new SetupError(`${text} is missing`, `install ${name} again`);
      copyFileSync(text, join(folder, 'LICENSES', `${basename(name)}.txt`));
    }
  }

  #known() {
    return [...this.#names].filter((name) => name !== 'unknown').sort();
  }
}

/**
 * @param {string} file
 * @returns {string | undefined}
 */
function ownerFromDpkg(file) {
  // With a merged /usr the same file may be registered under /lib.
  for (const path of [file, file.replace(/^\/usr/, ''), `/usr${file}`]) {
    const owner = tryRun('dpkg-query', ['-S', path]).match(/^([^:,\s]+)[:,]/m)?.[1];
    if (owner) return owner;
  }
  return undefined;
}

/**
 * @param {string} command
 * @param {string[]} args
 */
function run(command, args) {
  try {
    return execFileSync(command, args, {
      encoding: 'utf8',
      env: withSystemPath({ ...process.env, LC_ALL: 'C' }),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  } catch (error) {
    const failure = /** @type {{ code?: string, stderr?: string }} */ (error);
    const reason = failure.code === 'ENOENT' ? 'not installed' : String(failure.stderr).trim();
    throw new SetupError(`${command}: ${reason}`, 'npm run setup installs what is missing');
  }
}

/**
 * @param {string} command
 * @param {string[]} args
 */
function tryRun(command, args) {
  try {
    return run(command, args);
  } catch {
    return '';
  }
}
