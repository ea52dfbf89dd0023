/** What becomes of a frame (`enum xdp_action`, include/uapi/linux/bpf.h). */
export type XdpVerdict = 'aborted' | 'drop' | 'pass' | 'tx' | 'redirect';

/**
 * The frame that an {@link XdpFunction} looks at (`struct xdp_md` and its helpers). One object
 * serves all frames: it is valid until the function returns. What the kernel keeps in several
 * buffers lies in one piece here.
 */
export interface XdpFrame {
  /** The frame is `length` bytes from `offset`; the program may read and write them. */
  readonly bytes: Uint8Array;
  /** Changes with `adjustHead`. */
  readonly offset: number;
  /** Changes with `adjustHead` and `adjustTail`. */
  readonly length: number;
  /** Bytes of metadata right in front of the frame. */
  readonly metadataLength: number;
  /**
   * `bpf_xdp_adjust_head`: moves the start by `delta` bytes; below 0 the frame grows in front.
   * @returns 0, or -EINVAL where there is no room or fewer than 14 bytes would be left
   */
  adjustHead(delta: number): number;
  /**
   * `bpf_xdp_adjust_tail`: moves the end by `delta` bytes; new bytes are 0.
   * @returns 0, or -EINVAL where there is no room or fewer than 14 bytes would be left
   */
  adjustTail(delta: number): number;
  /**
   * `bpf_xdp_adjust_meta`: below 0 the metadata grows. Its length is a multiple of 4, to 252.
   * @returns 0, or -EINVAL
   */
  adjustMetadata(delta: number): number;
  /**
   * `bpf_redirect_map` into the program's socket map: return what it returns.
   * @param index of the map; only the socket of the queue that the frame arrived on takes it
   * @param fallback where the map has no socket at the index; default `aborted`, which drops
   */
  redirect(index: number, fallback?: Exclude<XdpVerdict, 'redirect'>): XdpVerdict;
}

/**
 * An XDP program as a function: called for every frame that arrives, with the queue (`rx_queue_index`).
 * It must not keep the frame.
 */
export type XdpFunction = (frame: XdpFrame, queueId: number) => XdpVerdict;
