/**
 * Which kernel is played where kernels differ in what they do with TX descriptors:
 * `A` is Linux 6.6 to 6.18.36: invalid descriptors are consumed without a completion, and user
 * space sees the TX consumer move only where a frame was sent or the kernel looked for more.
 * `C` is Linux 6.18.44 and newer: every consumed descriptor is completed, the rest of a broken
 * packet is swallowed, the TX consumer is published on every call.
 */
export type Generation = 'A' | 'C';

/**
 * When user space sees what the kernel did with the RX and the fill ring. The kernel itself is
 * per-packet in generic mode (`xsk_generic_rcv`) and per-poll in native mode (`__xsk_map_flush`);
 * `eager` shows everything at once, `adversarial` as late as the seed likes, all of it legal.
 */
export type Publication = 'auto' | 'eager' | 'per-packet' | 'per-poll' | 'adversarial';

/** Rights that opening needs, as the kernel names them. */
export type CapabilityName = 'CAP_NET_RAW' | 'CAP_NET_ADMIN' | 'CAP_BPF' | 'CAP_IPC_LOCK';

/** What kind of machine it is. Fixed for its life, except for rights and limits. */
export interface KernelProfile {
  readonly generation: Generation;
  readonly publication: Publication;
  /** First value of the indices of every ring. */
  readonly startIndex: number;
  /** Time between the close of a queue and the moment it can be bound again. */
  readonly releaseDelayNs: number;
  /** Time that one turn of an event loop takes. */
  readonly turnNs: number;
  /** Longest delay that `adversarial` adds. */
  readonly adversarialDelayNs: number;
}
