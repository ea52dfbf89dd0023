import { describe, expect, it } from 'vitest';
import { parseOptions } from '../options.js';
import { parseCpuList, planCpus, thisMachine } from './machine.js';
import { Progress } from './progress.js';
import type { Result } from './result.js';
import { tableLines } from './table.js';

describe('the flags', () => {
  it('are read', () => {
    expect(parseOptions([])).toEqual({ quick: false, json: false, help: false, filter: '' });
    expect(parseOptions(['--quick', '--json', '--filter', 'veth'])).toEqual({
      quick: true,
      json: true,
      help: false,
      filter: 'veth',
    });
  });

  it.each([
    [['--quik'], 'FLUX_UNKNOWN_OPTION', '--quik'],
    [['veth'], 'FLUX_INVALID_OPTION', 'veth'],
    [['--filter'], 'FLUX_INVALID_OPTION', '--filter'],
    [['--quick=1'], 'FLUX_INVALID_OPTION', '--quick'],
  ])('%j are rejected by name', (argv, code, name) => {
    expect(() => parseOptions(argv)).toThrow(expect.objectContaining({ code }));
    expect(() => parseOptions(argv)).toThrow(name);
  });
});

describe('the CPUs', () => {
  it('are kept apart where there are two', () => {
    expect(planCpus([0, 1, 2, 3])).toEqual({ contender: 3, generator: 0 });
    expect(planCpus([5])).toEqual({ contender: undefined, generator: undefined });
  });

  it('are listed as the kernel writes them', () => {
    expect(parseCpuList('0-2,8,10-11')).toEqual([0, 1, 2, 8, 10, 11]);
    expect(parseCpuList('')).toEqual([]);
  });
});

const row: Result = {
  name: 'veth.txonly',
  value: 1_234_567.8,
  unit: 'packets/s',
  better: 'more',
  baseline: 1_300_000,
  ratio: 0.9497,
  ciLow: 0.94,
  ciHigh: 0.96,
  verdict: 'loss',
  noiseLow: 0.99,
  noiseHigh: 1.01,
  pairs: 200,
  userShare: 0.1,
  baselineUserShare: 0.05,
  mode: 'veth',
  limit: 'sendto',
  machine: thisMachine(),
};
const alone: Result = {
  ...row,
  name: 'ring.pass',
  value: 5.25,
  unit: 'ns/packet',
  baseline: null,
  ratio: null,
  ciLow: null,
  ciHigh: null,
  verdict: null,
  noiseLow: null,
  noiseHigh: null,
};

describe('the table', () => {
  it('shows figures, intervals and verdicts, and every note once', () => {
    const cpu = { ...row, name: 'veth.txonly.cpu' };
    expect(tableLines([row, cpu, alone], false)).toEqual([
      'case               fluxnet          C  unit       ratio  95 % interval   noise (C/C)  verdict',
      'veth.txonly      1,234,568  1,300,000  packets/s  0.950   0.940..0.960  0.990..1.010  loss',
      'veth.txonly.cpu  1,234,568  1,300,000  packets/s  0.950   0.940..0.960  0.990..1.010  loss',
      'ring.pass              5.3          -  ns/packet      -              -             -  -',
      '',
      'veth.txonly: veth. Limit: sendto.',
      'ring.pass: veth. Limit: sendto.',
    ]);
  });

  it('has colours only where they are wanted', () => {
    const [, plain] = tableLines([row], false);
    expect(tableLines([row], true)[1]).toBe(`\u001b[31m${plain}\u001b[39m`);
    expect(tableLines([row], false).join()).not.toContain('\u001b');
  });
});

describe('progress', () => {
  it('is shown on a terminal only', () => {
    const written = (isTTY: boolean) => {
      let text = '';
      const write = (part: string | Uint8Array) => {
        text += String(part);
        return true;
      };
      const progress = new Progress({ isTTY, write });
      progress.show('half');
      progress.clear();
      return text;
    };
    expect(written(true)).toBe('\r\u001b[Khalf\r\u001b[K');
    expect(written(false)).toBe('');
  });
});
