/**
 * A broker: the only process with rights. It attaches the program and hands a worker, which runs as
 * another user and without any capability, what it needs for one queue of one interface.
 *
 *   node broker.js eth0
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { confineToInterface, kernelBackend, ProcessChannel } from 'fluxnet-core';

const NOBODY = 65534;

const [ifname = '', frames = '1000'] = process.argv.slice(2);
const source = { kind: 'redirect' } as const;
const program = kernelBackend.openProgram({ ifname, attachMode: 'auto', maxQueues: 1, source });
const sockets = kernelBackend.openSpareSockets!(1);
confineToInterface(sockets, ifname);

const { channel, child } = ProcessChannel.pair();
const worker = spawn(
  process.execPath,
  [fileURLToPath(new URL('./worker.js', import.meta.url)), frames],
  { uid: NOBODY, gid: NOBODY, cwd: '/', stdio: ['ignore', 'inherit', 'inherit', child.fd] },
);
child.close();
const ended = once(worker, 'exit');

await channel.send({ sockets, program }, { ifname });
sockets.close(); // They are the worker's now: when it ends, the queue is free.
console.log(`worker: ${JSON.stringify((await channel.receive()).facts)}`);
await ended;
program.close();
channel.close();
