import { CompletionRing, FillRing, RxRing, TxRing } from 'fluxnet-core';
import { SimNetwork } from 'fluxnet-simulator';
import type { ContenderConfig } from './config.js';
import type { SpinJob } from './job.js';

/** Virtual time of a pass: longer than the way over the wire. */
const PASS_MS = 0.01;

/**
 * Frames arrive on one simulated interface, go through its rings into those of another and leave
 * there, with everything that the simulated kernel does for it, in one thread.
 */
export function openSimForward({ settings }: ContenderConfig): SpinJob {
  const { batch, frameSize, frameCount, ringSize, packetLength, txBudget } = settings;
  const net = new SimNetwork();
  const [input, output] = ['sim0', 'sim1'].map((name) => net.addInterface(name, { keepFrames: 0 }));
  const { backend } = net;
  const memory = backend.openMemory({ size: frameSize * frameCount, pages: 'auto' });
  const geometry = { chunkSize: frameSize, frameHeadroom: 0, unaligned: false };
  const umem = backend.openUmem(memory, geometry);
  const sizes = { queueId: 0, fillRingSize: ringSize, completionRingSize: ringSize };
  const open = (ifname: string) => {
    const queue = backend.openQueue(umem, { ifname, ...sizes });
    const socket = backend.openSocket(queue, { rxRingSize: ringSize, txRingSize: ringSize });
    socket.bind({ copyMode: 'copy', needWakeup: true, multiBuffer: false });
    return { queue, socket };
  };
  const [from, to] = [open('sim0'), open('sim1')];
  const source = { kind: 'redirect' } as const;
  backend
    .openProgram({ ifname: 'sim0', attachMode: 'native', maxQueues: 1, source })
    .setSocket(from.socket);
  to.socket.setOption(283, 9, txBudget);
  const [rx, tx] = [new RxRing(from.socket.rx!), new TxRing(to.socket.tx!)];
  const [fill, completion] = [
    new FillRing(from.queue.fill),
    new CompletionRing(to.queue.completion),
  ];
  const room = fill.reserve(ringSize);
  for (let i = 0; i < room; i++) fill.setAddress(i, i * frameSize);
  fill.submit(room);
  const frames = Array.from({ length: batch }, (_, i) => new Uint8Array(packetLength).fill(i));

  return {
    modes: {},
    pass: () => {
      input!.injectBurst(frames);
      const received = tx.reserve(rx.peek(batch));
      for (let i = 0; i < received; i++) tx.setDescriptor(i, rx.address(i), rx.length(i), 0);
      rx.release(received);
      tx.submit(received);
      to.socket.kick();
      const done = completion.peek(batch);
      const filled = fill.reserve(done);
      for (let i = 0; i < filled; i++) fill.setAddress(i, completion.address(i));
      completion.release(filled);
      fill.submit(filled);
      net.advance(PASS_MS);
    },
    drain: () => false,
    counts: () => {
      const { txPackets, txBytes } = output!.counters;
      return { packets: txPackets, bytes: txBytes };
    },
    close: () => memory.close(),
  };
}
