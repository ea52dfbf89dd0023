import { defineConfig } from 'tsup';

/** Programs, one file each: ESM only, no types. */
export default defineConfig({
  entry: {
    'broker/broker': 'src/broker/broker.ts',
    'broker/worker': 'src/broker/worker.ts',
    'demo/main': 'src/demo/main.ts',
    'demo/client-process': 'src/demo/client-process.ts',
    'demo/firewall-process': 'src/demo/firewall-process.ts',
    'demo/server-process': 'src/demo/server-process.ts',
  },
  format: ['esm'],
  target: 'node20',
  platform: 'node',
  sourcemap: true,
  clean: true,
});
