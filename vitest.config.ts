import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Tests run on the sources; the built packages are tested in test/packages.test.ts. */
export default defineConfig({
  resolve: {
    alias: {
      'fluxnet-core/compliance': source('packages/fluxnet-core/src/compliance/index.ts'),
      'fluxnet-core': source('packages/fluxnet-core/src/index.ts'),
      'fluxnet-proto': source('packages/fluxnet-proto/src/index.ts'),
      'fluxnet-simulator': source('simulator/src/index.ts'),
      fluxnet: source('packages/fluxnet/src/index.ts'),
    },
  },
  test: {
    include: ['{packages/*,simulator,examples,bench}/src/**/*.test.ts', 'test/**/*.test.ts'],
    pool: 'forks',
    testTimeout: 20_000,
  },
});
