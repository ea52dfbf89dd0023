import { type AttachMode, errno, type ProgramOptions } from 'fluxnet-core';
import { expect, test } from 'vitest';
import { SimNetwork } from '../network/sim-network.js';
import { openPort } from '../testing/port.js';

const options: ProgramOptions = {
  ifname: 'eth0',
  attachMode: 'auto',
  maxQueues: 2,
  source: { kind: 'redirect' },
};

function setUp() {
  const net = new SimNetwork();
  net.addInterface('eth0', { queueCount: 4 });
  return net;
}

test('auto attaches in native mode, and the interface says so', () => {
  const { backend } = setUp();
  expect(backend.interfaceInfo('eth0').program).toBeUndefined();
  const program = backend.openProgram(options);
  expect(program).toMatchObject({ ifname: 'eth0', ifindex: 1, attachMode: 'native' });
  expect(backend.interfaceInfo('eth0').program).toMatchObject({ id: program.id, mode: 'native' });
  program.close();
  expect(backend.interfaceInfo('eth0').program).toBeUndefined();
});

test.each([
  ['native', 'native', errno.EBUSY],
  ['generic', 'generic', errno.EBUSY],
  ['native', 'generic', errno.EEXIST],
  ['generic', 'native', errno.EEXIST],
  ['native', 'auto', errno.EBUSY],
] as [AttachMode, AttachMode | 'auto', number][])(
  '%s, then %s: a conflict that names the program',
  (first, second, code) => {
    const { backend } = setUp();
    const { id } = backend.openProgram({ ...options, attachMode: first });
    expect(() => backend.openProgram({ ...options, attachMode: second })).toThrow(
      expect.objectContaining({
        code: 'FLUX_PROGRAM_CONFLICT',
        errno: code,
        context: expect.objectContaining({ programId: id }),
      }),
    );
  },
);

test('the map has maxQueues slots', () => {
  const net = setUp();
  const { socket } = openPort(net, 'eth0', { queueId: 2, program: 'none' });
  const program = net.backend.openProgram(options);
  const outOfRange = (code: number) =>
    expect.objectContaining({ code: 'FLUX_QUEUE_OUT_OF_RANGE', errno: code });
  expect(() => program.setSocket(socket)).toThrow(outOfRange(errno.E2BIG));
  expect(() => program.clearSocket(2)).toThrow(outOfRange(errno.EINVAL));
  program.clearSocket(1);
});

test('what a program cannot be', () => {
  const { backend } = setUp();
  expect(() => backend.openProgram({ ...options, maxQueues: 0 })).toThrow('FLUX_INVALID_OPTION');
  expect(() => backend.openProgram({ ...options, ifname: 'x' })).toThrow('FLUX_UNKNOWN_INTERFACE');
});

test.each([
  { kind: 'object', bytes: new Uint8Array(8) },
  { kind: 'pinned', path: '/sys/fs/bpf/x' },
  { kind: 'fd', fd: 3 },
  { kind: 'bytecode' } as never,
] satisfies ProgramOptions['source'][])('it runs no $kind', (source) => {
  const { backend } = setUp();
  const refusal = new RegExp(`FLUX_UNSUPPORTED.*${source.kind}`);
  expect(() => backend.openProgram({ ...options, source })).toThrow(refusal);
});

test('it has no dispatcher', () => {
  const { backend } = setUp();
  const open = () => backend.openProgram({ ...options, attachBy: 'dispatcher' });
  expect(open).toThrow(/FLUX_UNSUPPORTED.*dispatcher/);
  expect(backend.openProgram({ ...options, attachBy: 'link' }).attachBy).toBe('link');
});
