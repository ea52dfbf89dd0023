import { readFileSync } from 'node:fs';
import { FluxEngine } from 'fluxnet';
import { SimNetwork } from 'fluxnet-simulator';
import { expect, test } from 'vitest';
import { inRoot } from './support/root.js';

// --- README
test('my firewall drops telnet and forwards the rest', async () => {
  const net = new SimNetwork({ seed: 1 });
  const [lan, wan] = [net.addInterface('lan0'), net.addInterface('wan0')];
  const engine = await FluxEngine.open({
    backend: net.backend,
    ports: [{ ifname: 'lan0' }, { ifname: 'wan0' }],
    handler(batch) {
      for (const packet of batch) if (packet.layers.dstPort !== 23) packet.forward(1);
    },
  });
  engine.run();
  for (const port of [80, 23, 443]) lan.inject(datagramTo(port));
  await net.run(1); // virtual milliseconds
  expect(wan.transmitted).toEqual([datagramTo(80), datagramTo(443)]);
});
// --- README

/** UDP over IPv4, as short as can be. */
function datagramTo(port: number): Uint8Array {
  const frame = new Uint8Array(42);
  frame.set([8, 0, 0x45, 0, 0, 28, 0, 0, 0, 0, 64, 17], 12);
  frame.set([0x12, 0x34, port >> 8, port & 0xff, 0, 8], 34);
  return frame;
}

test('the README shows this very test', () => {
  const [, shown] = readFileSync(inRoot('test', 'simulator-readme.test.ts'), 'utf8').split(
    '// --- README\n',
  );
  expect(readFileSync(inRoot('simulator', 'README.md'), 'utf8')).toContain(shown);
});
