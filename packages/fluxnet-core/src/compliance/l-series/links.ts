import assert from 'node:assert/strict';
import type { LinkEvent } from '../../contract/interface.js';
import type { Case } from '../case.js';
import { expectReturns } from '../expectations.js';
import type { Rig } from '../rig.js';
import { Wire } from '../wire.js';

function watch(rig: Rig): (ifname: string) => string[] {
  const events: LinkEvent[] = [];
  rig.keep(rig.backend.watchLinks!((event) => events.push(event)));
  return (ifname) => events.filter((each) => each.ifname === ifname).map(({ change }) => change);
}

/** What happens to an interface, and to the sockets on it. */
export const linkCases: readonly Case[] = [
  {
    name: 'L down and up: everything goes on, and events tell of it',
    async run(rig) {
      const wire = new Wire(rig);
      const changes = watch(rig);
      wire.pair.setUp(wire.pair.b, false);
      await rig.until('the event', () => changes(wire.pair.b).includes('down'));
      assert.equal(rig.backend.interfaceInfo(wire.pair.b).up, false);
      assert.equal(rig.backend.interfaceInfo(wire.pair.a).running, false);
      wire.pair.setUp(wire.pair.b, true);
      await rig.until('the event', () => changes(wire.pair.b).includes('up'));
      await rig.until('the carrier', () => rig.backend.interfaceInfo(wire.pair.a).running);
      wire.queue([1]);
      expectReturns(wire.kick(), 0);
      assert.deepEqual(await wire.receive(1), [1]);
    },
  },
  {
    name: 'L removal: an event tells of it, system calls say ENXIO, rings stay readable',
    async run(rig) {
      const wire = new Wire(rig);
      wire.queue([1]);
      expectReturns(wire.kick(), 0);
      const changes = watch(rig);
      wire.pair.remove();
      await rig.until('the event', () => changes(wire.pair.b).includes('removed'));
      assert.equal(rig.backend.interfaces().includes(wire.pair.b), false);
      for (const { socket } of [wire.sender, wire.receiver]) {
        expectReturns(socket.kick(), 'ENXIO');
        assert(socket.tx!.buffer.byteLength > 0);
        socket.statistics();
      }
    },
  },
  {
    name: 'L a new MTU: an event tells of it, and it counts',
    async run(rig) {
      const wire = new Wire(rig);
      const changes = watch(rig);
      wire.queue([1], 2000);
      expectReturns(wire.kick(), 'EBUSY');
      wire.pair.setMtu(3000);
      await rig.until('the event', () => changes(wire.pair.a).includes('mtu'));
      wire.queue([2], 2000);
      expectReturns(wire.kick(), 0);
      const [packet] = await wire.receiveDescriptors(1);
      assert.equal(packet!.len, 2000);
    },
  },
  {
    name: 'L a queue with a socket cannot be taken away',
    needs: ['queue-counts'],
    async run(rig) {
      const { a } = rig.pair({ queueCount: 2 });
      const port = rig.port(a, { queueId: 1 });
      assert.equal(rig.machine.setQueueCount!(a, 1), false);
      assert.equal(rig.backend.interfaceInfo(a).queueCount, 2);
      port.memory.close();
      await rig.until('the queue is free', () => rig.machine.setQueueCount!(a, 1));
      assert.equal(rig.backend.interfaceInfo(a).queueCount, 1);
    },
  },
];
