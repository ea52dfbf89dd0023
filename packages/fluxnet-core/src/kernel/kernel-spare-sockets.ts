import type { SpareSockets } from '../contract/sharing.js';
import { checkInteger } from '../options.js';
import { Resource } from '../resource.js';
import type { Native, NativeSpareSockets } from './native.js';
import { attempt } from './system-error.js';

/** SCM_MAX_FD: descriptors that one message can carry. */
export const MAX_DESCRIPTORS = 253;

/** Sockets for another process, or of another process. */
export class KernelSpareSockets extends Resource implements SpareSockets {
  readonly handle: NativeSpareSockets;

  static open(native: Native, count: number): KernelSpareSockets {
    checkInteger('count', count, 1, MAX_DESCRIPTORS);
    return new KernelSpareSockets(
      attempt({ doing: `open ${count} sockets` }, () => new native.SpareSockets(count)),
    );
  }

  constructor(handle: NativeSpareSockets) {
    super();
    this.handle = handle;
  }

  get count(): number {
    return this.handle.fds().length;
  }

  protected override release(): void {
    this.handle.close();
  }
}
