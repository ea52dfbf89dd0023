import assert from 'node:assert/strict';
import type { Case, OutOfReach, Series } from '../case.js';
import type { HostStack } from '../environment.js';
import type { Rig } from '../rig.js';
import { Wire } from '../wire.js';

const UDP = 17;
const ETHERNET = 14;

/** The one's complement sum of 16-bit words, folded (RFC 1071). */
function sum(bytes: Uint8Array, start = 0): number {
  let total = start;
  for (let i = 0; i < bytes.length; i += 2) total += (bytes[i]! << 8) | (bytes[i + 1] ?? 0);
  while (total > 0xffff) total = (total & 0xffff) + (total >>> 16);
  return total;
}

/** UDP in IPv4 without options, which is what the host sends. */
function parse(frame: Uint8Array) {
  const ip = frame.subarray(ETHERNET);
  assert.equal(ip[0], 0x45);
  assert.equal(ip[9], UDP);
  const udp = ip.subarray(20, (ip[2]! << 8) | ip[3]!);
  const pseudo = sum(ip.subarray(12, 20), UDP + udp.length);
  return { pseudo, checksum: (udp[6]! << 8) | udp[7]!, whole: sum(udp, pseudo) };
}

async function received(wire: Wire): Promise<Uint8Array> {
  const [{ addr, len } = { addr: 0, len: 0 }] = await wire.receiveDescriptors(1);
  return wire.receiver.bytes.slice(addr, addr + len);
}

async function hostWire(rig: Rig): Promise<{ wire: Wire; host: HostStack }> {
  const wire = new Wire(rig);
  return { wire, host: rig.keep(rig.machine.hostStack!(wire.pair.a)) };
}

const CASES: readonly Case[] = [
  {
    name: 'C a packet of the host stack carries the pseudo-header’s sum, not a checksum',
    needs: ['host-stack'],
    async run(rig) {
      const { wire, host } = await hostWire(rig);
      assert.equal(rig.backend.interfaceInfo(wire.pair.a).offloads?.txChecksum, true);
      await host.sendUdp(new Uint8Array(101).fill(7));
      const { pseudo, checksum, whole } = parse(await received(wire));
      assert.equal(checksum, pseudo);
      assert.notEqual(whole, 0xffff);
    },
  },
  {
    name: 'C without TX checksum offload the host stack finishes it',
    needs: ['host-stack'],
    async run(rig) {
      const { wire, host } = await hostWire(rig);
      host.disableTxChecksum();
      assert.equal(rig.backend.interfaceInfo(wire.pair.a).offloads?.txChecksum, false);
      await host.sendUdp(new Uint8Array(101).fill(7));
      assert.equal(parse(await received(wire)).whole, 0xffff);
    },
  },
];

const GSO: readonly OutOfReach[] = [
  'UDP of 6000 bytes in segments of 1000, generic mode with and without multi-buffer',
  'UDP of 6000 bytes in segments of 1000, native mode',
].map((name) => ({
  name: `C ${name}`,
  outOfReach: 'Node.js has no way to ask the host stack for segmentation (UDP_SEGMENT)',
}));

/** Offloads of the host stack, as a socket sees them: §2.14, §3. */
export const cSeries: Series = { name: 'C: checksums and offloads', cases: [...CASES, ...GSO] };
