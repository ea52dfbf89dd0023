import { expect, it } from 'vitest';
import type { ProgramOptions } from '../contract/program.js';
import { checkProgramOptions } from './program-options.js';

const OPTIONS: ProgramOptions = {
  ifname: 'eth0',
  attachMode: 'auto',
  maxQueues: 1,
  source: { kind: 'redirect' },
};
const bytes = new Uint8Array(4);

it.each<[string, object]>([
  ['redirect', {}],
  ['redirect', { attachBy: 'dispatcher', maxQueues: 65_536 }],
  ['object', { source: { kind: 'object', bytes, program: 'a', socketMap: 'b' } }],
  ['pinned', { source: { kind: 'pinned', path: '/a', socketMapPath: '/b' } }],
  ['fd', { source: { kind: 'fd', fd: 0, socketMapFd: 7 } }],
])('takes %s: %j', (_, change) => {
  checkProgramOptions({ ...OPTIONS, ...change });
});

const BAD_NUMBERS = [Number.NaN, -1, 0.5, 2 ** 32, 2 ** 53, Infinity, '1', null, 5n, {}];

it.each([
  ...[0, 65_537, undefined, ...BAD_NUMBERS].map((value) => ['maxQueues', { maxQueues: value }]),
  ...['', 7, undefined, null].map((value) => ['ifname', { ifname: value }]),
  ...['hw', 'Native', undefined, 1].map((value) => ['attachMode', { attachMode: value }]),
  ...['Link', '', 1].map((value) => ['attachBy', { attachBy: value }]),
  ...[null, undefined, 7, {}, { kind: 'elf' }].map((source) => ['source.kind', { source }]),
  ...[undefined, 'x', [1], new Uint16Array(1), new ArrayBuffer(4), new Uint8Array(0)].map(
    (value) => ['source.bytes', { source: { kind: 'object', bytes: value } }],
  ),
  ...['', 7, 'a\0b', null].flatMap((value) => [
    ['source.program', { source: { kind: 'object', bytes, program: value } }],
    ['source.socketMap', { source: { kind: 'object', bytes, socketMap: value } }],
    ['source.path', { source: { kind: 'pinned', path: value } }],
    ['source.socketMapPath', { source: { kind: 'pinned', path: '/a', socketMapPath: value } }],
  ]),
  ...[undefined, ...BAD_NUMBERS].map((fd) => ['source.fd', { source: { kind: 'fd', fd } }]),
  ...BAD_NUMBERS.map((value) => [
    'source.socketMapFd',
    { source: { kind: 'fd', fd: 0, socketMapFd: value } },
  ]),
] as [string, object][])('refuses a wrong %s', (path, change) => {
  expect(() => checkProgramOptions({ ...OPTIONS, ...change })).toThrow(
    expect.objectContaining({
      code: 'FLUX_INVALID_OPTION',
      context: expect.objectContaining({ path: `program.${path}` }),
    }),
  );
});

it('rejects unknown options by name', () => {
  const refuse = (change: object, path: string) =>
    expect(() => checkProgramOptions({ ...OPTIONS, ...change })).toThrow(
      expect.objectContaining({ code: 'FLUX_UNKNOWN_OPTION', context: { path } }),
    );
  refuse({ mode: 'native' }, 'program.mode');
  refuse({ source: { kind: 'redirect', bytes } }, 'program.source.bytes');
  refuse({ source: { kind: 'object', bytes, name: 'a' } }, 'program.source.name');
  refuse({ source: { kind: 'pinned', path: '/a', fd: 1 } }, 'program.source.fd');
  refuse({ source: { kind: 'fd', fd: 1, path: '/a' } }, 'program.source.path');
});

it('refuses a function: the kernel runs bytecode', () => {
  const source = { kind: 'function', run: () => 'pass' as const } as const;
  expect(() => checkProgramOptions({ ...OPTIONS, source })).toThrow(
    expect.objectContaining({ code: 'FLUX_UNSUPPORTED' }),
  );
});
