// @ts-check
/**
 * Makes packages/fluxnet-core/native/vendor/linux-<arch>: libxdp, libbpf and what they need, taken
 * from the distribution's packages, so that a user's machine needs none of them.
 */
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { runMain, SetupError } from './lib/errors.mjs';
import { inRoot, vendorFolder } from './lib/paths.mjs';
import { vendorInto } from './lib/vendor.mjs';

function main() {
  if (process.platform !== 'linux') {
    throw new SetupError('the carried libraries are made on Linux only');
  }
  const target = inRoot(vendorFolder());
  const work = `${target}.new`;
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  try {
    const manifest = vendorInto(work, process.arch);
    // Only a complete and checked folder takes the place of the old one.
    rmSync(target, { recursive: true, force: true });
    renameSync(work, target);
    const versions = manifest.packages.map(({ name, version }) => `${name} ${version}`);
    process.stdout.write(`${vendorFolder()}: ${versions.join(', ')}\n`);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

await runMain(main);
