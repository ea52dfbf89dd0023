import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { hasKernel } from '../../../../test/support/kernel.js';
import * as layout from './layout.js';

const bpfFolder = join(dirname(fileURLToPath(import.meta.url)), '../../native/bpf');

/** Lets the C compiler say what the header means. */
function askCompiler(expressions: Readonly<Record<string, string>>): Record<string, number> {
  const folder = mkdtempSync(join(tmpdir(), 'fluxnet-layout-'));
  try {
    const lines = Object.entries(expressions).map(
      ([name, text]) => `  printf("\\"${name}\\": %zu,", (size_t)(${text}));`,
    );
    const source = join(folder, 'layout.c');
    writeFileSync(
      source,
      `#include <stddef.h>\n#include <stdio.h>\n#include "steering.h"\n` +
        `int main(void) {\n  printf("{");\n${lines.join('\n')}\n  printf("\\"\\": 0}");\n}\n`,
    );
    execFileSync('cc', ['-I', bpfFolder, source, '-o', join(folder, 'layout')]);
    const { '': _, ...answers } = JSON.parse(
      execFileSync(join(folder, 'layout'), { encoding: 'utf8' }),
    );
    return answers;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const snake = (name: string) =>
  name.replace(/[A-Z]|(?<=v[46])(?=[A-Z])/g, (c) => `_${c.toLowerCase()}`);

function offsets(struct: string, members: Readonly<Record<string, number>>) {
  return Object.fromEntries(
    Object.keys(members).map((name) => [
      name,
      name === 'size' ? `sizeof(struct ${struct})` : `offsetof(struct ${struct}, ${snake(name)})`,
    ]),
  );
}

describe.skipIf(!hasKernel)('layout of the steering maps [kernel]', () => {
  it('has the offsets of steering.h', () => {
    const { tablesLayout, configLayout } = layout;
    expect(askCompiler(offsets('fluxnet_tables', tablesLayout))).toEqual(tablesLayout);
    expect(askCompiler(offsets('fluxnet_config', configLayout))).toEqual(configLayout);
  });

  it('has its numbers', () => {
    const numbers = {
      FLUXNET_MAX_RULES: layout.MAX_RULES,
      FLUXNET_MAX_SAMPLING_RULES: layout.MAX_SAMPLING_RULES,
      FLUXNET_SLOTS: layout.SLOTS,
      FLUXNET_FIELD_COUNT: layout.FIELD_COUNT,
      FLUXNET_FIELD_ETHER_TYPE: layout.Field.etherType,
      FLUXNET_FIELD_VLAN: layout.Field.vlan,
      FLUXNET_FIELD_PROTOCOL: layout.Field.protocol,
      FLUXNET_FIELD_NEXT_HEADER: layout.Field.nextHeader,
      FLUXNET_FIELD_DETAIL: layout.Field.detail,
      FLUXNET_FIELD_SRC_PORT: layout.Field.srcPort,
      FLUXNET_FIELD_DST_PORT: layout.Field.dstPort,
      FLUXNET_FIELD_SRC: layout.Field.src,
      FLUXNET_FIELD_DST: layout.Field.dst,
      FLUXNET_NO_VLAN: layout.NO_VLAN,
      FLUXNET_NO_PROTOCOL: layout.NO_PROTOCOL,
      FLUXNET_NO_PORT: layout.NO_PORT,
      FLUXNET_DETAIL_TCP_FLAGS: layout.DETAIL_TCP_FLAGS,
      FLUXNET_DETAIL_NONE: layout.DETAIL_NONE,
      FLUXNET_FRAGMENT_FIRST: layout.FragmentKind.first,
      FLUXNET_FRAGMENT_LATER: layout.FragmentKind.later,
      FLUXNET_RANGES: layout.RANGES,
      FLUXNET_ACTION_HOST: layout.actionNumbers.host,
      FLUXNET_ACTION_SOCKET: layout.actionNumbers.socket,
      FLUXNET_ACTION_DROP: layout.actionNumbers.drop,
      FLUXNET_ACTION_UNBOUND: layout.ACTION_UNBOUND,
      FLUXNET_ACTION_COUNT: layout.ACTION_COUNT,
      FLUXNET_PREFIX_BLOCK: layout.PREFIX_BLOCK,
      FLUXNET_PREFIX_ALLOW: layout.PREFIX_ALLOW,
      FLUXNET_RULE_COUNTERS: layout.RULE_COUNTERS,
      'sizeof(struct fluxnet_bitmap)': layout.BITMAP_SIZE,
      'sizeof(struct fluxnet_rule_traffic) / 8': layout.RULE_TRAFFIC_WORDS,
      'sizeof(struct fluxnet_traffic) / 8': layout.TRAFFIC_WORDS,
    };
    expect(askCompiler(Object.fromEntries(Object.keys(numbers).map((n) => [n, n])))).toEqual(
      numbers,
    );
  });
});
