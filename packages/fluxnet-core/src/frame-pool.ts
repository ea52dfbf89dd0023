import { checkInteger, invalid } from './options.js';

/**
 * The free frames of one memory, last in first out, so that the frames in use stay few and warm.
 * A frame is named by the byte offset of its chunk, a multiple of the frame size. So every byte
 * of a frame tells which one it is in, also where chunks are unaligned: the frame of 3000 bytes
 * at 9000 holds the addresses 9000 to 11999. A power of two makes that a mask instead of a
 * remainder.
 */
export class FramePool {
  readonly frameSize: number;
  readonly firstFrame: number;
  /** 0 where the frame size is no power of two. */
  readonly #mask: number;
  readonly #stack: Int32Array;
  #frameCount: number;
  #free: number;

  /**
   * @param frameSize bytes from one frame to the next
   * @param frameCount frames `firstFrame` to `firstFrame + frameCount - 1` of the memory
   */
  constructor(frameSize: number, frameCount: number, firstFrame = 0) {
    this.frameSize = frameSize;
    this.firstFrame = firstFrame;
    this.#frameCount = frameCount;
    this.#mask = (frameSize & (frameSize - 1)) === 0 ? -frameSize : 0;
    this.#stack = new Int32Array(frameCount);
    this.#free = frameCount;
    for (let i = 0; i < frameCount; i++) {
      this.#stack[i] = (firstFrame + frameCount - 1 - i) * frameSize;
    }
  }

  get frameCount(): number {
    return this.#frameCount;
  }

  get free(): number {
    return this.#free;
  }

  /** The free frames. For people, not for the hot path. */
  list(): number[] {
    return [...this.#stack.subarray(0, this.#free)];
  }

  /** A free frame, or -1 when there is none. */
  take(): number {
    return this.#free === 0 ? -1 : this.#stack[--this.#free]!;
  }

  /**
   * Gives a frame back.
   * @param address any byte offset inside the frame
   * @returns false when all frames are free already: somebody gave one back twice
   */
  give(address: number): boolean {
    if (this.#free === this.#frameCount) return false;
    this.#stack[this.#free++] =
      this.#mask === 0 ? address - (address % this.frameSize) : address & this.#mask;
    return true;
  }

  /**
   * Takes the last frames out, for good: a slice of the memory for another thread, with
   * `umem.export(slice)`.
   * @throws {FluxError} `FLUX_INVALID_OPTION` unless all of them are free
   */
  split(frameCount: number): FramePool {
    checkInteger('frameCount', frameCount, 1, this.#frameCount);
    const firstFrame = this.firstFrame + this.#frameCount - frameCount;
    const first = firstFrame * this.frameSize;
    const kept = this.#stack.subarray(0, this.#free).filter((frame) => frame < first);
    if (this.#free - kept.length !== frameCount) {
      const inUse = frameCount - (this.#free - kept.length);
      throw invalid('frameCount', frameCount, `frames that are free; ${inUse} of these are not`);
    }
    this.#stack.set(kept);
    this.#free = kept.length;
    this.#frameCount -= frameCount;
    return new FramePool(this.frameSize, frameCount, firstFrame);
  }
}
