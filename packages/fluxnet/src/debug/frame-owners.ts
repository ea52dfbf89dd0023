import { FluxError } from 'fluxnet-core';

/** Who has a frame. */
export const Owner = { pool: 0, user: 1, rx: 2, tx: 3 } as const;
export type Owner = (typeof Owner)[keyof typeof Owner];

const NAMES = [
  'in the pool',
  "the user's",
  'with the kernel to receive',
  'with the kernel to send',
];

/** Debug mode: the owner of every frame, checked whenever one changes hands. */
export class FrameOwners {
  readonly #owners: Uint8Array;
  readonly #stride: number;

  /** @param stride bytes from one frame to the next */
  constructor(frameCount: number, stride: number) {
    this.#owners = new Uint8Array(frameCount);
    this.#stride = stride;
  }

  /**
   * A frame changes hands. Addresses outside the memory are left to those who check them.
   * @param address any byte in the frame
   * @throws {FluxError} `FLUX_FRAME_MISUSE` when somebody else has it
   */
  move(address: number, from: Owner, to: Owner, doing: string): void {
    const frame = Math.floor(address / this.#stride);
    const owner = this.#owners[frame];
    if (owner === undefined) return;
    if (owner !== from) {
      throw new FluxError(
        'FLUX_FRAME_MISUSE',
        `${doing}: frame ${frame} (address ${address}) is ${NAMES[owner]}, not ${NAMES[from]}`,
        {
          hint: 'a frame has one owner: look for who sent it, filled it or gave it back twice',
          context: { frame, address, owner: NAMES[owner] },
        },
      );
    }
    this.#owners[frame] = to;
  }

  /** Frames by owner. */
  count(owner: Owner): number {
    return this.#owners.reduce((sum, each) => sum + Number(each === owner), 0);
  }
}
