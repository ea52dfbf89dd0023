import { resolve } from 'node:path';
import { run } from './packages.js';

/** What the dynamic section says, for one kind of entry. */
export async function dynamicEntries(file: string, tag: 'NEEDED' | 'RUNPATH'): Promise<string[]> {
  const pattern = new RegExp(`\\(${tag}\\).*\\[(.*)\\]`);
  const lines = (await run('readelf', ['-d', '-W', file])).split('\n');
  return lines.flatMap((line) => line.match(pattern)?.[1] ?? []);
}

/** Where the dynamic linker finds every library a file needs, directly or not. */
export async function resolvedLibraries(file: string): Promise<Map<string, string>> {
  const lines = (await run('ldd', [file], { env: { LD_LIBRARY_PATH: '' } })).split('\n');
  return new Map(
    lines
      .map((line) => line.match(/^\s*(\S+) => (.*?)(?: \(0x\w+\))?$/))
      .filter((match) => match !== null)
      .map(([, soname, target]) => [soname!, target!.startsWith('/') ? resolve(target!) : target!]),
  );
}

/** The minor version of the newest glibc 2 that a file asks for. */
export async function glibcFloor(file: string): Promise<number> {
  const symbols = await run('objdump', ['-T', file]);
  return Math.max(0, ...[...symbols.matchAll(/GLIBC_2\.(\d+)/g)].map(([, minor]) => Number(minor)));
}

/** The minor version of this machine's glibc. */
export async function machineGlibc(): Promise<number> {
  return Number((await run('getconf', ['GNU_LIBC_VERSION'])).match(/ 2\.(\d+)/)?.[1]);
}
