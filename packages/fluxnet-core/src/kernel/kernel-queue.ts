import type { Queue, QueueOptions } from '../contract/queue.js';
import type { RingRegion } from '../contract/ring.js';
import { Resource } from '../resource.js';
import { readIfindex } from './interface-facts.js';
import type { KernelUmem } from './kernel-umem.js';
import type { Native, NativeQueue } from './native.js';
import { attempt } from './system-error.js';

export type QueuePlace = Pick<Queue, 'ifname' | 'ifindex' | 'queueId'>;

export class KernelQueue extends Resource implements Queue {
  readonly handle: NativeQueue;
  readonly umem: KernelUmem;
  readonly ifname: string;
  readonly ifindex: number;
  readonly queueId: number;
  readonly fill: RingRegion;
  readonly completion: RingRegion;

  static open(native: Native, umem: KernelUmem, options: QueueOptions): KernelQueue {
    umem.assertOpen();
    const { ifname, queueId, fillRingSize, completionRingSize } = options;
    const ifindex = readIfindex(native, ifname);
    const handle = attempt(
      { doing: `open ${ifname} queue ${queueId}`, context: { ...options } },
      () => new native.Queue(umem.handle, ifindex, queueId, fillRingSize, completionRingSize),
    );
    return new KernelQueue(umem, handle, { ifname, ifindex, queueId });
  }

  constructor(umem: KernelUmem, handle: NativeQueue, place: QueuePlace) {
    super(umem);
    this.umem = umem;
    this.handle = handle;
    this.ifname = place.ifname;
    this.ifindex = place.ifindex;
    this.queueId = place.queueId;
    const isOpen = () => handle.isOpen();
    this.fill = { ...handle.fill(), isOpen };
    this.completion = { ...handle.completion(), isOpen };
    this.opened();
    umem.memory.leak.uses(`${this.ifname} queue ${this.queueId}`);
  }

  protected override release(): void {
    this.handle.close();
  }
}
