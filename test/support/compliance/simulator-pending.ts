/** Cases that the kernel passes and the simulator not yet. */
export const pending: ReadonlySet<string> = new Set([
  'U setsockopt a ring that is set already',
  'U setsockopt a ring after bind',
  'U setsockopt a ring of 0 or 3 entries, by number',
  'U XDP_UMEM_REG too short an option',
  'U getsockopt XDP_STATISTICS too short',
  'U getsockopt XDP_MMAP_OFFSETS too short',
  'U bind while SO_BINDTOIFINDEX names another interface',
  'U share the same queue with fill and completion ring of its own',
  'U attach natively with fewer RX queues than the peer has TX queues',
  'U attach natively, without frags, where the MTU needs them',
  'U attach generically, without frags, whatever the MTU',
  'T a packet sent on queue 1 of three',
  'T a packet sent on queue 2 of three',
]);
