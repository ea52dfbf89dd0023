import type { FramePool, RingRegion, RingState } from 'fluxnet-core';
import type { QueueParts } from '../datapath/port-queue.js';

/** One ring, with the frames that wait in it by the indices that both sides can see. */
export interface RingDump extends RingState {
  readonly used: number;
  /** Frames by number, the oldest first. */
  readonly frames: readonly number[];
}

export interface QueueDump {
  readonly ifname: string;
  readonly queueId: number;
  readonly rx: RingDump;
  readonly tx: RingDump;
  readonly fill: RingDump;
  readonly completion: RingDump;
}

/** Where every frame can be seen to be, by number. */
export interface FrameMap {
  readonly total: number;
  readonly pool: number;
  readonly rx: number;
  readonly tx: number;
  readonly fill: number;
  readonly completion: number;
  /** In no ring: with the user, or in the kernel's hands. */
  readonly elsewhere: number;
  /** Seen in two places: one of them was told wrong. */
  readonly duplicates: readonly number[];
}

export interface RingsDump {
  readonly queues: readonly QueueDump[];
  readonly frames: FrameMap;
  /** All of it as a table. */
  toString(): string;
}

const RINGS = ['rx', 'tx', 'fill', 'completion'] as const;

/** Reads rings and pool as they are. Allocates and takes its time: for people. */
export function dumpRings(frames: FramePool, parts: readonly QueueParts[]): RingsDump {
  const queues = parts.map((each) => dumpQueue(each, frames.frameSize));
  const map = mapFrames(frames, queues);
  return { queues, frames: map, toString: () => table(queues, map) };
}

function dumpQueue({ socket, ...rings }: QueueParts, stride: number): QueueDump {
  const { queue } = socket;
  // The side whose entries are whose: we produce TX and fill, the kernel RX and completion.
  const ours = (ring: RingState) => ({ from: ring.peer, to: ring.own });
  const theirs = (ring: RingState) => ({ from: ring.own, to: ring.peer });
  const dump = (
    region: RingRegion | undefined,
    state: RingState,
    side: typeof ours,
    words: number,
  ): RingDump => {
    const { from, to } = side(state);
    const used = (to - from) | 0;
    const addresses =
      state.detached || region === undefined ? [] : entries(region, from, used, words);
    return { ...state, used, frames: addresses.map((address) => Math.floor(address / stride)) };
  };
  return {
    ifname: queue.ifname,
    queueId: queue.queueId,
    rx: dump(socket.rx, rings.rx.inspect(), theirs, 4),
    tx: dump(socket.tx, rings.tx.inspect(), ours, 4),
    fill: dump(queue.fill, rings.fill.inspect(), ours, 2),
    completion: dump(queue.completion, rings.completion.inspect(), theirs, 2),
  };
}

/** Addresses in a ring; of a ring that is corrupt as many as it can have. */
function entries(region: RingRegion, from: number, used: number, wordsPerEntry: number): number[] {
  const words = new Int32Array(region.buffer);
  const count = Math.max(0, Math.min(used, region.size));
  return Array.from({ length: count }, (_, i) => {
    const slot = (from + i) & (region.size - 1);
    const word = (region.descriptorOffset >> 2) + slot * wordsPerEntry;
    return words[word]! + (words[word + 1]! >>> 16);
  });
}

function mapFrames(pool: FramePool, queues: readonly QueueDump[]): FrameMap {
  const seen = new Set<number>();
  const duplicates = new Set<number>();
  const place = (frames: readonly number[]) => {
    for (const frame of frames) (seen.has(frame) ? duplicates : seen).add(frame);
    return frames.length;
  };
  const ring = (name: (typeof RINGS)[number]) =>
    queues.reduce((sum, queue) => sum + place(queue[name].frames), 0);
  const map = {
    total: pool.frameCount,
    pool: place(pool.list().map((address) => address / pool.frameSize)),
    rx: ring('rx'),
    tx: ring('tx'),
    fill: ring('fill'),
    completion: ring('completion'),
  };
  return { ...map, elsewhere: pool.frameCount - seen.size, duplicates: [...duplicates] };
}

function table(queues: readonly QueueDump[], frames: FrameMap): string {
  const lines = [
    'queue            ring        used/size        own       peer     cached       next',
  ];
  for (const queue of queues) {
    for (const name of RINGS) {
      const { used, size, own, peer, cachedPeer, next, ...flags } = queue[name];
      const marks = (['needsWakeup', 'corrupt', 'detached'] as const).filter((flag) => flags[flag]);
      lines.push(
        [
          `${queue.ifname}:${queue.queueId}`.padEnd(16),
          name.padEnd(10),
          `${used}/${size}`.padStart(11),
          ...[own, peer, cachedPeer, next].map((index) => String(index).padStart(10)),
          ...marks,
        ].join(' '),
      );
    }
  }
  const { duplicates, ...places } = frames;
  lines.push(
    `frames: ${Object.entries(places)
      .map((entry) => entry.join(' '))
      .join(', ')}`,
  );
  if (duplicates.length > 0) lines.push(`frames in two places: ${duplicates.join(', ')}`);
  return lines.join('\n');
}
