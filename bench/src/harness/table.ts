import type { Machine } from './machine.js';
import type { Result } from './result.js';

const COLUMNS = [
  'case',
  'fluxnet',
  'C',
  'unit',
  'ratio',
  '95 % interval',
  'noise (C/C)',
  'verdict',
];
const LEFT = new Set([0, 3, 7]);
const COLOURS: Readonly<Record<string, number>> = { win: 32, loss: 31, inconclusive: 33 };

/** The results for people. */
export function tableLines(results: readonly Result[], colour: boolean): string[] {
  const rows = results.map(cells);
  const widths = COLUMNS.map((title, i) =>
    Math.max(title.length, ...rows.map((row) => row[i]!.length)),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, i) => (LEFT.has(i) ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
      .join('  ')
      .trimEnd();
  const paint = (text: string, verdict: string | null) => {
    const code = COLOURS[verdict ?? ''];
    return colour && code !== undefined ? `\u001b[${code}m${text}\u001b[39m` : text;
  };
  return [
    line(COLUMNS),
    ...results.map(({ verdict }, i) => paint(line(rows[i]!), verdict)),
    '',
    ...notes(results),
  ];
}

export function machineLine({ cpu, cores, kernel, node, arch }: Machine): string {
  return `${cpu}, ${cores} ${cores === 1 ? 'core' : 'cores'}, Linux ${kernel} ${arch}, Node ${node}`;
}

function cells(result: Result): string[] {
  const { name, value, baseline, unit, ratio, ciLow, ciHigh, noiseLow, noiseHigh } = result;
  return [
    name,
    figure(value),
    figure(baseline),
    unit,
    ratio === null ? '-' : ratio.toFixed(3),
    interval(ciLow, ciHigh),
    interval(noiseLow, noiseHigh),
    result.verdict ?? '-',
  ];
}

/** Each mode and each limit once. */
function notes(results: readonly Result[]): string[] {
  const cases = results.filter(({ name }, i) => caseOf(results[i - 1]?.name) !== caseOf(name));
  return cases.map(({ name, mode, limit }) => `${caseOf(name)}: ${mode}. Limit: ${limit}.`);
}

/** `veth.txonly` of `veth.txonly.cpu`. */
function caseOf(name = ''): string {
  return name.split('.').slice(0, 2).join('.');
}

function figure(value: number | null): string {
  if (value === null) return '-';
  const digits = value >= 1000 ? 0 : 1;
  return value.toLocaleString('en-US', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

function interval(low: number | null, high: number | null): string {
  return low === null || high === null ? '-' : `${low.toFixed(3)}..${high.toFixed(3)}`;
}
