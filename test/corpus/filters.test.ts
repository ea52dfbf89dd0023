import { compileFilter, parseCapture } from 'fluxnet-proto';
import { describe, expect, test } from 'vitest';
import { corpusBytes, corpusJson, hasCorpus } from '../support/corpus.js';

interface FilterCounts {
  readonly results: readonly {
    readonly file: string;
    readonly packets: number;
    readonly counts: Readonly<Record<string, number>>;
  }[];
}

describe.skipIf(!hasCorpus)('captures in the folder FLUXNET_CORPUS', () => {
  test.each(['auto', 'closures'] as const)('are filtered as tcpdump does (%s)', (code) => {
    const { results } = corpusJson<FilterCounts>('extra/bpf-filter-counts.json')!;
    let compared = 0;
    for (const { file, packets, counts } of results) {
      const captured = [...parseCapture(corpusBytes(file))].filter((e) => e.type === 'packet');
      expect.soft(captured.length, file).toBe(packets);
      for (const [expression, count] of Object.entries(counts)) {
        const matches = compileFilter(expression, { code });
        const found = captured.filter(({ data, originalLength }) => {
          const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
          return matches(view, 0, data.length, originalLength);
        });
        expect.soft(found.length, `${file}: ${expression}`).toBe(count);
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(1000);
  });
});
