import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inRoot } from './root.js';

const HEAD = `
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#define SOCKET_MAP(name) struct { \\
  __uint(type, BPF_MAP_TYPE_XSKMAP); __uint(key_size, 4); __uint(value_size, 4); \\
  __uint(max_entries, 2); } name SEC(".maps");
`;

/** Compiles BPF C, with the usual headers and `SOCKET_MAP(name)` in front, to an ELF file. */
export function compileBpf(source: string): Uint8Array {
  const multiarch = { x64: 'x86_64', arm64: 'aarch64' }[process.arch as 'x64' | 'arm64'];
  const vendor = inRoot(`packages/fluxnet-core/native/vendor/linux-${process.arch}/include`);
  const folders = [vendor, `/usr/include/${multiarch}-linux-gnu`].filter(existsSync);
  const options = ['-O2', '-g', '-target', 'bpf', ...folders.flatMap((path) => ['-I', path])];
  const input = `${HEAD}${source}\nchar program_license[] SEC("license") = "Dual MIT/GPL";\n`;
  const args = [...options, '-x', 'c', '-', '-c', '-o', '-'];
  return new Uint8Array(execFileSync('clang', args, { input }));
}

/** A file for tools that want one; removed by `remove`. */
export function bpfFile(bytes: Uint8Array): { readonly path: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'fluxnet-bpf-'));
  const path = join(folder, 'program.o');
  writeFileSync(path, bytes);
  return { path, remove: () => rmSync(folder, { recursive: true }) };
}

/** A bpffs of the test's own; the machine's mounts stay as they are. */
export interface Bpffs {
  readonly path: string;
  /** Ends it, with all that is pinned in it. */
  remove(): Promise<void>;
}

/** It is mounted in the mount namespace of a child, and reached through `/proc`. */
export async function makeBpffs(): Promise<Bpffs> {
  const script = 'mount -t bpf bpf /mnt && echo ready && exec cat';
  const child = spawn('unshare', ['--mount', 'sh', '-c', script], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return {
    path: `/proc/${child.pid}/root/mnt`,
    async remove() {
      child.stdin.end();
      await once(child, 'close'); // With its pipes, which are sockets of ours.
    },
  };
}
