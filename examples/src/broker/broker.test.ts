import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { kernelBackend, Umem, Xsk } from 'fluxnet-core';
import { expect, it } from 'vitest';
import { hasKernel, makeVethPair } from '../../../test/support/kernel.js';

const program = fileURLToPath(new URL('../../dist/broker/broker.js', import.meta.url));

it.runIf(hasKernel)('[kernel] the broker hands a queue to a worker without rights', async () => {
  const pair = makeVethPair();
  const umem = await Umem.open(kernelBackend, { frameCount: 64 });
  const xsk = await Xsk.open(umem, { ifname: pair.b });
  const broker = spawn(process.execPath, [program, pair.a, '20'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  let sending = false;
  const send = () => {
    if (!sending || xsk.closed) return;
    const room = xsk.tx!.reserve(1);
    const address = umem.frames.take();
    umem.bytes.fill(0, address, address + 60);
    umem.view.setUint16(address + 12, 0x88b5);
    xsk.tx!.setDescriptor(0, address, 60, 0);
    xsk.tx!.submit(room);
    xsk.socket.kick();
    const done = xsk.completion.peek(64);
    for (let i = 0; i < done; i++) umem.frames.give(xsk.completion.address(i));
    xsk.completion.release(done);
    setTimeout(send, 5);
  };
  broker.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    if (output.includes('ready') && !sending) {
      sending = true;
      send();
    }
  });
  const [code] = await once(broker, 'close');
  umem.close();
  expect(code).toBe(0);
  const answer = JSON.parse(/worker: (.*)/.exec(output)![1]!);
  expect(answer.received).toBeGreaterThanOrEqual(20);
  expect(answer.rights).toBe(0);
  expect(kernelBackend.interfaceInfo(pair.a).program).toBeUndefined();
  pair.remove();
});
