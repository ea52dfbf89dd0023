import { execFileSync } from 'node:child_process';
import {
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hasKernel, held } from '../../../../test/support/kernel.js';
import { startWorker } from '../../../../test/support/worker-process.js';
import type { FluxError } from '../errors.js';
import { kernelBackend } from '../kernel/kernel-backend.js';
import { loadNative } from '../kernel/load-native.js';
import type { NativeFdChannel, NativeMessage } from '../kernel/native.js';
import { Umem } from '../umem.js';
import { MAX_MESSAGE_BYTES } from './message.js';
import { ProcessChannel } from './process-channel.js';
import { ProcessListener } from './process-listener.js';

async function failure(doing: () => unknown): Promise<FluxError> {
  try {
    await doing();
  } catch (error) {
    return error as FluxError;
  }
  throw new Error('it succeeded');
}

const opened: { close(): void }[] = [];
const keep = <T extends { close(): void }>(object: T): T => {
  opened.push(object);
  return object;
};

function closeAll(): void {
  for (const object of opened.splice(0).reverse()) object.close();
}

/** Two ends in this process. */
function pair(): [ProcessChannel, ProcessChannel] {
  const { channel, child } = ProcessChannel.pair();
  return [keep(channel), keep(ProcessChannel.inherited(child.fd))];
}

/** One end that says what it likes. */
function liar() {
  const native = loadNative();
  const [own, other] = native.channelPair();
  const end: NativeFdChannel = keep(new native.FdChannel(own));
  const say = (message: unknown, fds: number[] = []) => {
    const text = typeof message === 'string' ? message : JSON.stringify(message);
    expect(end.send(new TextEncoder().encode(text), fds)).toBe(0);
  };
  return { say, channel: keep(ProcessChannel.inherited(other)) };
}

const sharing = (kind: string, descriptors: number, facts: object = {}) => ({
  fluxnet: 1,
  facts: null,
  objects: [{ name: 'it', kind, descriptors, facts }],
});

describe.runIf(hasKernel)('[kernel] a channel', () => {
  afterEach(closeAll);

  it('carries facts both ways, whole and in order', async () => {
    const [a, b] = pair();
    const large = 'x'.repeat(MAX_MESSAGE_BYTES - 100);
    await a.send({}, { n: 1, list: [null, true, 'ä'] });
    await a.send({}, large);
    await b.send({});
    expect((await b.receive()).facts).toEqual({ n: 1, list: [null, true, 'ä'] });
    expect((await b.receive()).facts).toBe(large);
    expect(await a.receive()).toEqual({ facts: null, objects: {} });
  });

  it('waits while the other end does not take anything, and keeps the order', async () => {
    const [a, b] = pair();
    const text = 'x'.repeat(60_000);
    const sends = Array.from({ length: 40 }, (_, i) => a.send({}, [i, text]));
    const order: unknown[] = [];
    for (let i = 0; i < 40; i++) order.push(((await b.receive()).facts as unknown[])[0]);
    await Promise.all(sends);
    expect(order).toEqual(Array.from({ length: 40 }, (_, i) => i));
  });

  it('opens what is passed once, whatever it comes with', async () => {
    const before = held();
    const [a, b] = pair();
    const umem = keep(await Umem.open(kernelBackend, { frameCount: 16, pages: '4k' }));
    const { memory, registration } = umem;
    await a.send({ memory, registration });
    await a.send({ registration });
    const first = (await b.receive({ memory: 'memory', registration: 'umem' })).objects;
    const second = (await b.receive({ registration: 'umem' })).objects;
    expect(second.registration).toBe(first.registration);
    expect(first.registration.memory).toBe(first.memory);
    expect(first.memory.buffer).not.toBe(memory.buffer);
    umem.bytes[5] = 77;
    expect(new Uint8Array(first.memory.buffer)[5]).toBe(77);
    expect(first.memory).toMatchObject({ size: memory.size, pages: '4k' });
    first.memory.close();
    expect(new Uint8Array(memory.buffer)[5]).toBe(77);
    await a.send({ registration });
    const third = (await b.receive({ registration: 'umem' })).objects.registration;
    expect(third).not.toBe(first.registration);
    third.memory.close();
    closeAll();
    expect(held()).toEqual(before);
  });

  it('refuses what is too large, or no object of the kernel', async () => {
    const [a] = pair();
    const large = await failure(() => a.send({}, 'x'.repeat(MAX_MESSAGE_BYTES)));
    expect(large).toMatchObject({ code: 'FLUX_INVALID_OPTION', context: { path: 'facts' } });
    for (const object of [{}, null, undefined, 7, kernelBackend]) {
      const error = await failure(() => a.send({ object: object as never }));
      expect(error).toMatchObject({ code: 'FLUX_INVALID_OPTION' });
    }
    const memory = kernelBackend.openMemory({ size: 4096, pages: '4k' });
    memory.close();
    expect((await failure(() => a.send({ memory }))).code).toBe('FLUX_CLOSED');
    expect((await failure(() => kernelBackend.openSpareSockets!(254))).code).toBe(
      'FLUX_INVALID_OPTION',
    );
  });

  it('is aborted, and closed, while it waits', async () => {
    const [a, b] = pair();
    const reason = new Error('enough');
    const abort = new AbortController();
    const waiting = failure(() => a.receive({}, { signal: abort.signal }));
    const next = a.receive();
    await kernelBackend.clock.sleep(5);
    abort.abort(reason);
    expect(await waiting).toBe(reason);
    await b.send({}, 'for the next one');
    expect((await next).facts).toBe('for the next one');
    const closing = failure(() => a.receive());
    await kernelBackend.clock.sleep(5);
    a.close();
    a.close();
    expect((await closing).code).toBe('FLUX_CLOSED');
    expect((await failure(() => a.send({}))).code).toBe('FLUX_CLOSED');
  });

  it('tells that the other end is closed, after what that had sent', async () => {
    const [a, b] = pair();
    await b.send({}, 'last');
    b.close();
    expect((await a.receive()).facts).toBe('last');
    expect((await failure(() => a.receive())).code).toBe('FLUX_PEER_GONE');
    expect((await failure(() => a.send({}))).code).toBe('FLUX_PEER_GONE');
  });

  it('tells that the other process was killed, while both wait', async () => {
    const worker = startWorker(`
      await channel.send({}, 'here');
      await channel.receive();`);
    keep(worker.channel);
    await worker.channel.receive();
    const receiving = failure(() => worker.channel.receive());
    worker.child.kill('SIGKILL');
    expect((await receiving).code).toBe('FLUX_PEER_GONE');
  });
});

describe.runIf(hasKernel)('[kernel] a channel, lied to', () => {
  afterEach(closeAll);

  /** Sends it, expects the error, and that nothing of it stays open. */
  async function expectRefused(
    code: string,
    message: unknown,
    fds: number[] = [],
    kind = 'memory',
  ): Promise<FluxError> {
    const { say, channel } = liar();
    const before = held();
    const numbers = openDescriptors();
    say(message, fds);
    const error = await failure(() => channel.receive({ it: kind as 'memory' }));
    expect(error).toMatchObject({ name: 'FluxError', code });
    expect(openDescriptors()).toBe(numbers);
    expect(held()).toEqual(before);
    say({ fluxnet: 1, facts: 'still there', objects: [] });
    expect((await channel.receive()).facts).toBe('still there');
    return error;
  }

  it.each([
    'no JSON',
    '\ud800',
    '7',
    'null',
    '[]',
    '{}',
    '{"fluxnet":2,"objects":[]}',
    '{"fluxnet":1}',
    '{"fluxnet":1,"objects":[7]}',
    '{"fluxnet":1,"objects":[{"name":7}]}',
    '{"fluxnet":1,"objects":[{"name":"it","kind":1}]}',
    '{"fluxnet":1,"objects":[{"name":"it","kind":"memory","descriptors":-1}]}',
    '{"fluxnet":1,"objects":[{"name":"it","kind":"memory","descriptors":0}]}',
    '{"fluxnet":1,"objects":[{"name":"it","kind":"memory","descriptors":0,"facts":{}}]}',
    '{"fluxnet":1,"objects":[{"name":"it","kind":"memory","descriptors":9,"facts":{}}]}',
    '{"fluxnet":1,"objects":[{"name":"x","kind":"memory","descriptors":0,"facts":{}}]}',
    '{"fluxnet":1,"objects":[{"name":"it","kind":"nothing","descriptors":0,"facts":{}}]}',
    '{"fluxnet":1,"objects":[]}',
  ])('refuses %s', async (text) => {
    await expectRefused('FLUX_MESSAGE_MALFORMED', text);
  });

  it('refuses descriptors that nobody announced', async () => {
    const message = { fluxnet: 1, facts: null, objects: [] };
    await expectRefused('FLUX_MESSAGE_MALFORMED', message, [0, 1, 2]);
  });

  it('refuses descriptors of another kind', async () => {
    const file = openSync('/proc/self/status', 'r');
    const memory = keep(kernelBackend.openMemory({ size: 4096, pages: '4k' }));
    const memfd = kernelBackend.exportObject!(memory, 'process').fds[0]!;
    const [unix, other] = loadNative().channelPair();
    const sockets = keep(kernelBackend.openSpareSockets!(1));
    const xsk = kernelBackend.exportObject!(sockets, 'process').fds[0]!;
    for (const fd of [file, unix, xsk]) {
      await expectRefused('FLUX_FOREIGN_DESCRIPTOR', sharing('memory', 1), [fd]);
    }
    const program = { id: 1, ifname: 'x', ifindex: 1, attachMode: 'native', attachBy: 'link' };
    for (const fd of [file, unix, memfd]) {
      const message = sharing('sockets', 1);
      await expectRefused('FLUX_FOREIGN_DESCRIPTOR', message, [fd], 'sockets');
      const map = sharing('program', 1, program);
      await expectRefused('FLUX_FOREIGN_DESCRIPTOR', map, [fd], 'program');
    }
    const umem = {
      umem: 'u',
      chunkSize: 2048,
      frameHeadroom: 0,
      unaligned: false,
      txMetadataLength: 0,
      txSoftwareChecksum: false,
    };
    // The memory is right, and closed again when the socket is not.
    for (const fd of [file, unix, memfd]) {
      const message = sharing('umem', 2, { ...umem, bound: false });
      await expectRefused('FLUX_FOREIGN_DESCRIPTOR', message, [memfd, fd], 'umem');
    }
    const queue = {
      ...umem,
      queue: 'q',
      ifname: 'x',
      ifindex: 1,
      queueId: 0,
      fillRingSize: 64,
      completionRingSize: 64,
      bound: true,
      registered: false,
      ownerFree: false,
    };
    // A socket without rings.
    const message = sharing('queue', 2, queue);
    await expectRefused('FLUX_FOREIGN_DESCRIPTOR', message, [memfd, xsk], 'queue');
    for (const [name, value] of [
      ['fillRingSize', 3],
      ['fillRingSize', 2 ** 31],
      ['queueId', -1],
      ['ifindex', 2 ** 53],
      ['bound', 'yes'],
      ['chunkSize', Number.NaN],
      ['umem', undefined],
    ] as const) {
      const wrong = sharing('queue', 2, { ...queue, [name]: value });
      await expectRefused('FLUX_MESSAGE_MALFORMED', wrong, [memfd, xsk], 'queue');
    }
    for (const fd of [file, unix, other]) closeSync(fd);
  });

  it('refuses memory that is not sealed, sealed against writing, or no whole pages', async () => {
    const seals = [0, 2, 4, 6, 1 | 2, 1 | 2 | 4 | 8];
    const unsealed = memfds(seals.map((seal) => [seal, 4096]));
    for (const fd of unsealed) {
      const error = await expectRefused('FLUX_FOREIGN_DESCRIPTOR', sharing('memory', 1), [fd]);
      expect(error.hint).toContain('F_SEAL_SHRINK');
    }
    const odd = memfds([0, 100, 4097].map((size) => [1 | 2 | 4, size]));
    for (const fd of odd) {
      await expectRefused('FLUX_FOREIGN_DESCRIPTOR', sharing('memory', 1), [fd]);
    }
    for (const fd of [...unsealed, ...odd]) closeSync(fd);
  });

  it('refuses a message whose descriptors do not fit', async () => {
    const worker = startWorker(
      `await channel.send({}, 'here');
       const before = (await import('node:fs')).readdirSync('/proc/self/fd').length;
       const error = await channel.receive({ sockets: 'sockets' }).catch((error) => error);
       const after = (await import('node:fs')).readdirSync('/proc/self/fd').length;
       return { code: error.code, message: error.message, leaked: after - before, next: (await channel.receive()).facts };`,
      { files: 64 },
    );
    keep(worker.channel);
    await worker.channel.receive();
    await worker.channel.send({ sockets: keep(kernelBackend.openSpareSockets!(100)) });
    await worker.channel.send({}, 'next');
    const result = await worker.result();
    expect(result).toMatchObject({ code: 'FLUX_MESSAGE_MALFORMED', leaked: 0, next: 'next' });
    expect(result.message).toContain('ulimit -n');
  });

  it('takes nothing else for a channel', async () => {
    const file = openSync('/proc/self/status', 'r');
    const sockets = keep(kernelBackend.openSpareSockets!(1));
    const xsk = kernelBackend.exportObject!(sockets, 'process').fds[0]!;
    for (const fd of [file, xsk, 2 ** 31 - 1]) {
      const error = await failure(() => ProcessChannel.inherited(fd));
      expect(error.code).toBe('FLUX_FOREIGN_DESCRIPTOR');
    }
    closeSync(file); // Still ours.
    expect(sockets.count).toBe(1);
    for (const fd of [-1, 0.5, Number.NaN, 2 ** 32, '3' as never]) {
      expect((await failure(() => ProcessChannel.inherited(fd))).code).toBe('FLUX_INVALID_OPTION');
    }
  });
});

describe.runIf(hasKernel)('[kernel] a listener', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'fluxnet-'));
  });

  afterEach(() => {
    closeAll();
    rmSync(folder, { recursive: true });
  });

  it('tells both ends who the other one is', async () => {
    const path = join(folder, 's');
    const listener = keep(ProcessListener.listen(path));
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const accepting = listener.accept();
    const client = keep(ProcessChannel.connect(path));
    const server = keep(await accepting);
    const self = { pid: process.pid, uid: process.geteuid!(), gid: process.getegid!() };
    expect([client.peer, server.peer]).toEqual([self, self]);
    await client.send({}, 'hello');
    expect((await server.receive()).facts).toBe('hello');
    listener.close();
    expect(() => statSync(path)).toThrow();
    expect((await failure(() => ProcessChannel.connect(path))).code).toBe('FLUX_PEER_GONE');
  });

  it('cuts off who is not accepted, and goes on', async () => {
    const path = join(folder, 's');
    const { uid, pid } = { uid: process.geteuid!(), pid: process.pid };
    const strict = keep(ProcessListener.listen(path, { accept: { uid: [uid + 1, uid + 2] } }));
    const client = keep(ProcessChannel.connect(path));
    const error = await failure(() => strict.accept());
    expect(error).toMatchObject({ code: 'FLUX_PEER_REFUSED', context: { uid, pid } });
    expect((await failure(() => client.receive())).code).toBe('FLUX_PEER_GONE');
    const refusals = [{ uid: uid + 1 }, { uid, pid: pid + 1 }, { uid, pid: [1, pid + 1] }];
    for (const accept of refusals) {
      const refused = await failure(() => ProcessChannel.connect(path, { accept }));
      expect(refused.code).toBe('FLUX_PEER_REFUSED');
    }
    keep(ProcessChannel.connect(path, { accept: { uid, pid: [1, pid] } }));
    for (const accept of [{ uid: -1 }, { pid: 0 }, { uid: [] }, { uid: 0.5 }, { user: 1 }]) {
      const wrong = await failure(() => ProcessChannel.connect(path, { accept: accept as never }));
      expect(wrong.code).toMatch(/FLUX_INVALID_OPTION|FLUX_UNKNOWN_OPTION/);
    }
  });

  it('keeps others away by the rights of its file', async () => {
    const path = join(folder, 's');
    keep(ProcessListener.listen(path));
    const worker = startWorker(`core.ProcessChannel.connect(${JSON.stringify(path)});`);
    keep(worker.channel);
    expect(await worker.result()).toMatchObject({ code: 'FLUX_PERMISSION', syscall: 'connect' });
  });

  it('replaces the file of a dead one, and no other', async () => {
    const path = join(folder, 's');
    const first = keep(ProcessListener.listen(path));
    const taken = await failure(() => ProcessListener.listen(path));
    expect(taken).toMatchObject({ code: 'FLUX_INVALID_OPTION', context: { path } });
    first.close();
    const dead = startWorker(
      `process.chdir(${JSON.stringify(folder)}); core.ProcessListener.listen('s'); process.exit(0)`,
      { uid: 0 },
    );
    keep(dead.channel);
    await failure(() => dead.result());
    expect(statSync(path).isSocket()).toBe(true);
    keep(ProcessListener.listen(path));
    const other = join(folder, 'file');
    writeFileSync(other, 'mine');
    expect((await failure(() => ProcessListener.listen(other))).code).toBe('FLUX_INVALID_OPTION');
    expect(statSync(other).size).toBe(4);
    const long = join(folder, 'x'.repeat(108));
    expect((await failure(() => ProcessListener.listen(long))).code).toBe('FLUX_INVALID_OPTION');
  });
});

function openDescriptors(): number {
  return readdirSync('/proc/self/fd').length;
}

/** Memfds of these seals and sizes, made by another program: fluxnet makes none like them. */
function memfds(wanted: (readonly [seals: number, size: number])[]): number[] {
  const native = loadNative();
  const [own, other] = native.channelPair();
  const end = new native.FdChannel(own);
  const program = `
import os, fcntl, socket
fds = []
for seals, size in ${JSON.stringify(wanted)}:
    fd = os.memfd_create('other', os.MFD_ALLOW_SEALING)
    os.ftruncate(fd, size)
    fcntl.fcntl(fd, 1033, seals)
    fds.append(fd)
socket.send_fds(socket.socket(fileno=3), [b'x'], fds)`;
  execFileSync('python3', ['-c', program], { stdio: ['ignore', 'inherit', 'inherit', other] });
  closeSync(other);
  const message = end.receive() as NativeMessage;
  end.close();
  return message.fds;
}
