import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Packed, pack, publicPackages, run, runNode } from './packages.js';
import { inRoot } from './root.js';

/** A project of somebody who uses the packages. */
export interface Consumer {
  readonly folder: string;
  /** Writes a program into it, runs it and reads the JSON it prints. */
  runProgram(name: string, source: string, env?: NodeJS.ProcessEnv): Promise<unknown>;
  /** Checks TypeScript files, by name and content, as strictly as TypeScript can. */
  typeCheck(files: Readonly<Record<string, string>>): Promise<void>;
}

/** fluxnet-core's dependencies come from our own node_modules: no registry is asked. */
export function packDependencies(destination: string): Promise<Packed[]> {
  const names = ['node-gyp-build', 'node-addon-api'];
  return Promise.all(names.map((name) => pack(inRoot('node_modules', name), destination)));
}

/** Installs tarballs into an empty project, offline, with whatever scripts they have. */
export async function installConsumer(
  folder: string,
  packed: readonly Packed[],
): Promise<Consumer> {
  mkdirSync(folder, { recursive: true });
  const dependencies = Object.fromEntries(
    packed.map(({ name, tarball }) => [name, `file:${tarball}`]),
  );
  const manifest = { name: 'consumer', version: '1.0.0', private: true, dependencies };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  await npm(folder, 'install');
  return {
    folder,
    async runProgram(name, source, env = {}) {
      writeFileSync(join(folder, name), source);
      return JSON.parse(await runNode([name], { cwd: folder, env }));
    },
    async typeCheck(files) {
      for (const [name, source] of Object.entries(files)) {
        writeFileSync(join(folder, name), source);
      }
      const config = tsconfig(Object.keys(files));
      writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
      await runNode([inRoot('node_modules', 'typescript', 'bin', 'tsc')], { cwd: folder });
    },
  };
}

/** An npm with an empty cache, which therefore cannot have anything but the tarballs. */
export async function npm(folder: string, command: 'install' | 'ci'): Promise<void> {
  const cache = join(folder, '.npm-cache');
  const options = ['--offline', '--no-audit', '--no-fund', '--cache', cache];
  await run('npm', [command, ...options], { cwd: folder });
}

function tsconfig(files: readonly string[]) {
  return {
    compilerOptions: {
      target: 'ES2022',
      module: 'NodeNext',
      moduleResolution: 'NodeNext',
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      skipLibCheck: false,
      noEmit: true,
      typeRoots: [inRoot('node_modules', '@types')],
      types: ['node'],
    },
    files,
  };
}

const WITH_ALL_FOUR = `
const net = new SimNetwork();
const [left, right] = [net.addInterface('left0'), net.addInterface('right0')];
const handler = (batch) => { for (let i = 0; i < batch.count; i++) batch.forward(i, 1); };
const ports = [{ ifname: 'left0' }, { ifname: 'right0' }];

async function main() {
  const engine = await FluxEngine.open({ backend: net.backend, ports, handler });
  const layers = new Layers();
  let stopReason;
  right.onTransmit((frame) => {
    const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
    stopReason = decodeLayers(view, 0, frame.byteLength, layers);
  });
  engine.run();
  const frame = new Uint8Array(128);
  const mac = parseMac('02:00:00:00:00:01');
  const length = writeUdp(frame, {
    srcMac: mac, dstMac: mac, srcAddress: 1, dstAddress: 2, srcPort: 4000, dstPort: 53,
  });
  left.inject(frame.subarray(0, length));
  await net.run(1);
  const { supported, code } = kernelBackend.capabilities();
  let thrown;
  try { kernelBackend.interfaces(); } catch (error) { thrown = isFluxError(error) && error.code; }
  console.log(JSON.stringify({ stopReason, dstPort: layers.dstPort, supported, code, thrown }));
}
main();
`;

/** Forwards a packet on the simulator, decodes it, and asks what the kernel side can do. */
export const programs = {
  'program.mjs': `
import { FluxEngine } from 'fluxnet';
import { isFluxError, kernelBackend } from 'fluxnet-core';
import { decodeLayers, Layers, parseMac, writeUdp } from 'fluxnet-proto';
import { SimNetwork } from 'fluxnet-simulator';
${WITH_ALL_FOUR}`,
  'program.cjs': `
const { FluxEngine } = require('fluxnet');
const { isFluxError, kernelBackend } = require('fluxnet-core');
const { decodeLayers, Layers, parseMac, writeUdp } = require('fluxnet-proto');
const { SimNetwork } = require('fluxnet-simulator');
${WITH_ALL_FOUR}`,
} as const;

const TYPED = `
const net = new SimNetwork({ seed: 7 });
const backend: Backend = net.backend;
const handler: BatchHandler = (batch) => batch.drop(0);
const opened: Promise<FluxEngine> = FluxEngine.open({ backend, ports: [{ ifname: 'a' }], handler });
const layers = new Layers();
const port: number = layers.dstPort;
const code: FluxErrorCode | undefined = kernelBackend.capabilities().code;
// @ts-expect-error: a backend is always named
FluxEngine.open({ ports: [], handler });
export const all = { opened, port, code };
`;

/** The types, as an ECMAScript module sees them and as a CommonJS one does. */
export const typedPrograms = {
  'consumer.mts': `
import { type BatchHandler, FluxEngine } from 'fluxnet';
import { type Backend, type FluxErrorCode, kernelBackend } from 'fluxnet-core';
import { Layers } from 'fluxnet-proto';
import { SimNetwork } from 'fluxnet-simulator';
${TYPED}`,
  'consumer.cts': `
import { type BatchHandler, FluxEngine } from 'fluxnet';
import { type Backend, type FluxErrorCode, kernelBackend } from 'fluxnet-core';
import { Layers } from 'fluxnet-proto';
import { SimNetwork } from 'fluxnet-simulator';
${TYPED}`,
} as const;

/** The TypeScript examples of the packages' README files that use nothing but the packages. */
export function readmeExamples(): Record<string, string> {
  const known = new Set(publicPackages.map(({ manifest }) => manifest.name));
  const isOurs = (example: string) =>
    [...example.matchAll(/ from '([^']+)'/g)].every(([, name]) => known.has(name!));
  return Object.fromEntries(
    publicPackages.flatMap(({ folder, manifest }) =>
      codeBlocks(readFileSync(inRoot(folder, 'README.md'), 'utf8'))
        .filter(isOurs)
        .map((example, i) => [`readme-${manifest.name}-${i}.mts`, example]),
    ),
  );
}

function codeBlocks(markdown: string): string[] {
  return [...markdown.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code!);
}
