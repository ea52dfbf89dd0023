// Compiles a BPF program with clang and writes the object as a C++ array.
// usage: node embed.mjs <source.bpf.c> <include dir> <array name> <output.h>
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { arch } from 'node:process';

const [source, includeDir, name, output] = process.argv.slice(2);
const object = `${output}.o`;
mkdirSync(dirname(output), { recursive: true });

// Debian and Ubuntu keep <asm/types.h> in a folder per architecture, which clang does not search
// when its target is bpf.
const multiarch = `/usr/include/${{ x64: 'x86_64', arm64: 'aarch64' }[arch] ?? arch}-linux-gnu`;
const includes = ['-I', includeDir, ...(existsSync(multiarch) ? ['-I', multiarch] : [])];

execFileSync(
  'clang',
  [
    '-O2',
    '-g',
    '-Wall',
    '-Wextra',
    '-Werror',
    '-target',
    'bpf',
    // The same bytes wherever it is compiled: no folder of this machine in the debug information.
    `-ffile-prefix-map=${process.cwd()}=.`,
    '-fdebug-compilation-dir=.',
    ...includes,
    '-c',
    source,
    '-o',
    object,
  ],
  { stdio: 'inherit' },
);
const bytes = readFileSync(object);
rmSync(object);
const rows = [];
for (let i = 0; i < bytes.length; i += 16)
  rows.push(`    ${[...bytes.subarray(i, i + 16)].join(', ')},`);
writeFileSync(
  output,
  `// Made from ${source.split('/').pop()} by embed.mjs.\n#pragma once\n` +
    `alignas(8) inline constexpr unsigned char ${name}[] = {\n${rows.join('\n')}\n};\n`,
);
