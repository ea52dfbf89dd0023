import type { Queue, QueueOptions } from '../contract/queue.js';
import type { RingRegion } from '../contract/ring.js';
import { Resource } from '../resource.js';
import { readIfindex } from './interface-facts.js';
import type { KernelUmem } from './kernel-umem.js';
import type { Native, NativeQueue } from './native.js';
import { attempt } from './system-error.js';

export class KernelQueue extends Resource implements Queue {
  readonly handle: NativeQueue;
  readonly umem: KernelUmem;
  readonly ifname: string;
  readonly ifindex: number;
  readonly queueId: number;
  readonly fill: RingRegion;
  readonly completion: RingRegion;

  constructor(native: Native, umem: KernelUmem, options: QueueOptions) {
    super(umem);
    this.umem = umem;
    this.ifname = options.ifname;
    this.queueId = options.queueId;
    const context = { ...options };
    this.ifindex = readIfindex(native, options.ifname);
    this.handle = attempt(
      { doing: `open ${options.ifname} queue ${options.queueId}`, context },
      () =>
        new native.Queue(
          umem.handle,
          this.ifindex,
          options.queueId,
          options.fillRingSize,
          options.completionRingSize,
        ),
    );
    this.fill = this.handle.fill();
    this.completion = this.handle.completion();
    this.opened();
  }

  protected override release(): void {
    this.handle.close();
  }
}
