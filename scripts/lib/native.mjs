// @ts-check
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SetupError } from './errors.mjs';
import { fingerprint, Stamp } from './fingerprint.mjs';
import { inRoot, NATIVE, vendorFolder } from './paths.mjs';
import { runLogged } from './run.mjs';
import { libraryClosure, tripletOf } from './vendor.mjs';

const ADDON = `${NATIVE}/build/Release/fluxnet.node`;
const MANIFEST = `${vendorFolder()}/manifest.json`;

/** @param {string} step */
const stampOf = (step) => new Stamp(inRoot('.cache', 'stamps', step));

/** @param {import('./progress.mjs').Progress} progress */
export async function ensureVendor(progress) {
  const isThere = () => existsSync(inRoot(MANIFEST));
  const maker = [process.execPath, inRoot('scripts', 'vendor-libxdp.mjs')];
  await stampOf('vendor').ensure(vendorFingerprint(), isThere, () =>
    progress.run('carried libraries', () => runLogged('vendor', maker)),
  );
}

/** An upgraded system library is a reason to carry the new one. */
function vendorFingerprint() {
  const libraries = [...libraryClosure(tripletOf(process.arch)).values()].map((file) => {
    const { size, mtimeMs } = statSync(file);
    return `${file} ${size} ${mtimeMs}`;
  });
  const makers = ['scripts/vendor-libxdp.mjs', 'scripts/lib/vendor.mjs'].map((file) =>
    inRoot(file),
  );
  return fingerprint(makers, { extra: libraries });
}

/** @param {import('./progress.mjs').Progress} progress */
export async function ensureNative(progress) {
  if (!existsSync(inRoot('binding.gyp'))) {
    throw new SetupError('binding.gyp is missing: this is not a complete checkout');
  }
  const isThere = () => existsSync(inRoot(ADDON));
  await stampOf('native').ensure(nativeFingerprint(), isThere, async () => {
    await progress.run('native addon', build);
    if (!isThere()) throw new SetupError(`the native build made no ${ADDON}`);
  });
}

function nativeFingerprint() {
  const sources = [
    'binding.gyp',
    `${NATIVE}/binding.gyp`,
    `${NATIVE}/src`,
    `${NATIVE}/bpf`,
    MANIFEST,
  ];
  return fingerprint(
    sources.map((path) => inRoot(path)),
    { extra: [process.version, process.arch] },
  );
}

function build() {
  const nodeGyp = inRoot('node_modules', 'node-gyp', 'bin', 'node-gyp.js');
  return runLogged('native', [process.execPath, nodeGyp, 'rebuild', '--release', '--jobs=max'], {
    env: { ...process.env, ...localHeaders() },
  });
}

/** Node's own headers where they came with it: no download, and it works offline. */
export function localHeaders(execPath = process.execPath, env = process.env) {
  const prefix = dirname(dirname(execPath));
  const present = existsSync(join(prefix, 'include', 'node', 'node_api.h'));
  return env.npm_config_nodedir || !present ? {} : { npm_config_nodedir: prefix };
}
