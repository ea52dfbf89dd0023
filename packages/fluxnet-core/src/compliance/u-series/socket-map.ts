import assert from 'node:assert/strict';
import type { Case } from '../case.js';
import { expectRefusal, refused } from '../expectations.js';
import type { Port } from '../port.js';
import { COPY } from '../port.js';
import type { Rig } from '../rig.js';
import { pending, pushFill, pushTx, takeRx } from '../rings.js';

const LENGTH = 64;

/** Sends packets whose first byte is their number, in one kick. */
function send(port: Port, numbers: readonly number[]): void {
  for (const number of numbers) {
    const addr = (number % 64) * 4096;
    port.bytes.fill(number, addr, addr + LENGTH);
    pushTx(port.socket.tx, { addr, len: LENGTH });
  }
  assert.equal(port.socket.kick(), 0);
}

function takeNumbers(port: Port): number[] {
  return takeRx(port.socket.rx).map(({ addr }) => port.bytes[addr]!);
}

async function wire(rig: Rig) {
  const { a, b } = rig.pair();
  const [sender, receiver] = [rig.port(a), rig.port(b)];
  pushFill(receiver.queue.fill, 0, 4096, 8192, 12288);
  return { sender, receiver, program: rig.attach(receiver) };
}

/** `xsk_map_update_elem`, `xsk_map_delete_elem`, `__xsk_map_redirect` (net/xdp/xskmap.c). */
export const socketMapCases: readonly Case[] = [
  refused(
    'U XSKMAP set a socket beyond the map',
    { code: 'FLUX_QUEUE_OUT_OF_RANGE', errno: 'E2BIG' },
    (rig) => {
      const { b } = rig.pair({ queueCount: 2 });
      rig.attach(rig.port(b, { queueId: 1 }), { kind: 'redirect' }, { maxQueues: 1 });
    },
  ),
  refused(
    'U XSKMAP clear a slot beyond the map',
    { code: 'FLUX_QUEUE_OUT_OF_RANGE', errno: 'EINVAL' },
    (rig) => rig.program(rig.pair().b, { kind: 'redirect' }, { maxQueues: 1 }).clearSocket(1),
  ),
  refused('U XSKMAP set what is no socket', { code: 'FLUX_INVALID_OPTION' }, (rig) =>
    rig.program(rig.pair().b).setSocket({} as never),
  ),
  {
    name: 'U XSKMAP clear an empty slot, set the same socket again',
    run(rig) {
      const port = rig.port(rig.pair().b);
      const program = rig.program(port.ifname);
      program.clearSocket(0);
      program.setSocket(port.socket);
      program.setSocket(port.socket);
      program.clearSocket(0);
      program.clearSocket(0);
    },
  },
  {
    name: 'U XSKMAP takes an unbound socket, whose frames are dropped until it is bound',
    async run(rig) {
      const { a, b } = rig.pair();
      const [sender, receiver] = [rig.port(a), rig.unbound(b)];
      const program = rig.attach(receiver);
      pushFill(receiver.queue.fill, 0, 4096, 8192);
      send(sender, [1]);
      await rig.until('the frame reaches the program', () => program.counters().redirected === 1);
      receiver.socket.bind(COPY);
      send(sender, [2]);
      await rig.until('a frame arrives', () => pending(receiver.socket.rx!) > 0);
      assert.deepEqual(takeNumbers(receiver), [2]);
    },
  },
  {
    name: 'U XSKMAP frames of an empty slot pass to the host',
    async run(rig) {
      const { sender, receiver, program } = await wire(rig);
      program.clearSocket(0);
      send(sender, [1]);
      await rig.until('the frame reaches the program', () => program.counters().passed === 1);
      program.setSocket(receiver.socket);
      send(sender, [2]);
      await rig.until('a frame arrives', () => pending(receiver.socket.rx!) > 0);
      assert.deepEqual(takeNumbers(receiver), [2]);
      assert.deepEqual(program.counters(), { redirected: 1, passed: 1 });
    },
  },
  {
    name: 'U XSKMAP a closed socket leaves the map',
    async run(rig) {
      const { sender, receiver, program } = await wire(rig);
      receiver.socket.close();
      send(sender, [1]);
      await rig.until('the frame reaches the program', () => program.counters().passed === 1);
      await expectRefusal({ code: 'FLUX_CLOSED' }, () => program.setSocket(receiver.socket));
    },
  },
];
