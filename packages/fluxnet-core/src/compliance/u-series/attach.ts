import assert from 'node:assert/strict';
import type { Case } from '../case.js';
import { expectRefusal, refused } from '../expectations.js';

/** `dev_xdp_attach` (net/core/dev.c), `veth_xdp_set` (drivers/net/veth.c). */
export const attachCases: readonly Case[] = [
  {
    name: 'U attach a second program in the same mode',
    async run(rig) {
      const { a } = rig.pair();
      const first = rig.program(a);
      await expectRefusal({ code: 'FLUX_PROGRAM_CONFLICT', errno: 'EBUSY' }, () => rig.program(a));
      assert.equal(rig.backend.interfaceInfo(a).program?.id, first.id);
    },
  },
  {
    name: 'U attach a second program in the other mode',
    async run(rig) {
      const { a } = rig.pair();
      const { attachMode } = rig.program(a);
      const other = attachMode === 'native' ? 'generic' : 'native';
      await expectRefusal({ code: 'FLUX_PROGRAM_CONFLICT', errno: 'EEXIST' }, () =>
        rig.program(a, { kind: 'redirect' }, { attachMode: other }),
      );
    },
  },
  refused(
    'U attach to an interface that does not exist',
    { code: 'FLUX_UNKNOWN_INTERFACE', errno: 'ENODEV' },
    (rig) => rig.program('nosuch0'),
  ),
  refused(
    'U attach natively where the driver cannot',
    { code: 'FLUX_UNSUPPORTED', errno: 'EOPNOTSUPP' },
    (rig) => {
      rig.program(rig.machine.addPlainInterface!(), { kind: 'redirect' }, { attachMode: 'native' });
    },
    { needs: ['plain-interface'] },
  ),
  {
    name: 'U attach in automatic mode where the driver cannot',
    needs: ['plain-interface'],
    run(rig) {
      const ifname = rig.machine.addPlainInterface!();
      const program = rig.program(ifname, { kind: 'redirect' }, { attachMode: 'auto' });
      assert.equal(program.attachMode, 'generic');
      assert.equal(rig.backend.interfaceInfo(ifname).program?.mode, 'generic');
    },
  },
  refused(
    'U attach natively with fewer RX queues than the peer has TX queues',
    { code: 'FLUX_UNSUPPORTED', errno: 'ENOSPC' },
    (rig) => {
      const { a } = rig.pair({ queueCount: 1, peerQueueCount: 2 });
      rig.program(a, { kind: 'redirect' }, { attachMode: 'native' });
    },
  ),
  refused(
    'U attach natively, without frags, where the MTU needs them',
    { code: 'FLUX_UNSUPPORTED', errno: 'ERANGE' },
    (rig) => {
      rig.program(rig.pair({ mtu: 9000 }).a, { kind: 'linear' }, { attachMode: 'native' });
    },
    { needs: ['programs'] },
  ),
  {
    name: 'U attach generically, without frags, whatever the MTU',
    needs: ['programs'],
    run(rig) {
      const { a } = rig.pair({ mtu: 9000 });
      const program = rig.program(a, { kind: 'linear' }, { attachMode: 'generic' });
      assert.equal(program.multiBuffer, false);
    },
  },
  {
    name: 'U close detaches, and another can be attached',
    run(rig) {
      const { a } = rig.pair();
      const first = rig.program(a);
      first.close();
      first.close();
      assert.equal(rig.backend.interfaceInfo(a).program, undefined);
      assert.notEqual(rig.program(a).id, first.id);
    },
  },
  {
    name: 'U close after the interface was removed',
    run(rig) {
      const pair = rig.pair();
      const program = rig.program(pair.a);
      pair.remove();
      program.close();
    },
  },
];
