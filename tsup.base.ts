import type { Options } from 'tsup';

/** How every published package is built: ESM, CJS and types from its entries. */
export function library(entry: Record<string, string> = { index: 'src/index.ts' }): Options {
  return {
    entry,
    format: ['esm', 'cjs'],
    target: 'node20',
    platform: 'node',
    // tsup sets `baseUrl` for the declaration build, which TypeScript 6 deprecates.
    dts: { compilerOptions: { ignoreDeprecations: '6.0' } },
    shims: true,
    splitting: false,
    sourcemap: true,
    clean: true,
  };
}
