import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { FluxError } from '../errors.js';
import type { Native } from './native.js';

const require = createRequire(import.meta.url);

/** The folder of the package that holds the addon: a build of one's own, or the prebuilt ones. */
function nativeFolder(): string {
  return join(dirname(require.resolve('fluxnet-core/package.json')), 'native');
}

/** The file that `loadNative` loads. @throws when there is none for this system */
export function nativePath(): string {
  // Resolves build/Release, then prebuilds/<platform>-<arch>; `FLUXNET_NO_NATIVE=1` hides both.
  const locate = require('node-gyp-build') as { resolve(folder: string): string };
  if (process.env.FLUXNET_NO_NATIVE === '1') throw new Error('hidden by FLUXNET_NO_NATIVE=1');
  return locate.resolve(nativeFolder());
}

let native: Native | undefined;

/**
 * Loads the addon once, when it is first needed: importing the package works everywhere.
 * @throws {FluxError} `FLUX_UNSUPPORTED_PLATFORM`, `FLUX_NATIVE_MISSING`
 */
export function loadNative(): Native {
  if (native !== undefined) return native;
  if (process.platform !== 'linux') {
    throw new FluxError(
      'FLUX_UNSUPPORTED_PLATFORM',
      `AF_XDP is a feature of Linux, this is ${process.platform}`,
      { hint: "use the simulator: import { SimNetwork } from 'fluxnet-simulator'" },
    );
  }
  try {
    native = require(nativePath()) as Native;
  } catch (cause) {
    throw new FluxError(
      'FLUX_NATIVE_MISSING',
      `no native addon for linux-${process.arch}: ${(cause as Error).message.split('\n')[0]}`,
      {
        hint: `build it: npx node-gyp rebuild -C ${nativeFolder()} (needs g++, make, python3, clang)`,
        cause,
      },
    );
  }
  return native;
}
