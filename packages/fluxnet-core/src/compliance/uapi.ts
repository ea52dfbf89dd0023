/** Numbers of Linux that cases pass to `setOption` and `getOption`. */

/** include/linux/socket.h */
export const SOL_XDP = 283;

/** include/uapi/linux/if_xdp.h */
export const XDP = {
  MMAP_OFFSETS: 1,
  RX_RING: 2,
  TX_RING: 3,
  UMEM_REG: 4,
  UMEM_FILL_RING: 5,
  UMEM_COMPLETION_RING: 6,
  STATISTICS: 7,
  OPTIONS: 8,
  MAX_TX_SKB_BUDGET: 9,
} as const;

/** include/uapi/asm-generic/socket.h */
export const SOL_SOCKET = 1;
export const SO_BINDTOIFINDEX = 62;

/** A level that AF_XDP knows nothing of. */
export const SOL_TCP = 6;
/** An option that AF_XDP does not have. */
export const NO_SUCH_OPTION = 99;

/** `options` bit of a TX descriptor: metadata is in front of the packet. */
export const DESC_TX_METADATA = 2;

export const SO_BUSY_POLL = 46;
export const SO_PREFER_BUSY_POLL = 69;
export const SO_BUSY_POLL_BUDGET = 70;
