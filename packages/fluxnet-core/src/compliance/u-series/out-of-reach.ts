import type { OutOfReach } from '../case.js';

const FIXED = 'the contract has no way to ask for it: the backend always passes the right one';

const rows = (outOfReach: string, names: readonly string[]): OutOfReach[] =>
  names.map((name) => ({ name: `U ${name}`, outOfReach }));

/** The rest of the error tables: what a program above the contract can never meet. */
export const outOfReach: readonly OutOfReach[] = [
  ...rows(FIXED, [
    'socket of a type other than SOCK_RAW: ESOCKTNOSUPPORT',
    'socket of a protocol other than 0: EPROTONOSUPPORT',
    'setsockopt of a ring with too short an option: EINVAL',
    'XDP_UMEM_REG unknown flag bits: EINVAL',
    'XDP_UMEM_REG memory that is not page aligned: EINVAL',
    'XDP_UMEM_REG address plus length wraps: EINVAL',
    'XDP_UMEM_REG the old structure of 24 to 31 bytes',
    'XDP_UMEM_REG on a socket that has memory: EBUSY',
    'XDP_MAX_TX_SKB_BUDGET of another length than 4: EINVAL',
    'XDP_STATISTICS and XDP_MMAP_OFFSETS in their old lengths',
    'mmap of a ring that does not exist, of an odd offset, of too many bytes: EINVAL',
    'mmap of an unbound socket whose interface is gone: EBUSY',
    'bind with a short address, another family, unknown flags: EINVAL',
    'bind shared with COPY, ZEROCOPY, NEED_WAKEUP or SG: EINVAL',
    'bind shared with memory of its own: EINVAL',
    'bind shared with something that is no AF_XDP socket: ENOTSOCK, ENOPROTOOPT',
    'bind shared to another queue without fill and completion ring: EINVAL',
    'bind without memory, or without fill and completion ring: EINVAL',
    'bind with COPY and ZEROCOPY both: EINVAL',
    'sendto and recvfrom that block: EOPNOTSUPP',
    'XSKMAP update with BPF_NOEXIST or BPF_EXIST: EEXIST, ENOENT',
    'XSKMAP update with a descriptor of another kind: EBADF, EOPNOTSUPP',
    'XSKMAP lookup from user space: EOPNOTSUPP',
    'attach by netlink over a link, with UPDATE_IF_NOEXIST: EBUSY',
  ]),
  ...rows('memory is a whole number of pages, and a chunk at most a page', [
    'XDP_UMEM_REG no chunk at all, or more than 2^32 - 1: EINVAL',
    'XDP_UMEM_REG aligned, and not a whole number of chunks: EINVAL',
  ]),
  ...rows('registered memory is mapped as long as its registration', [
    'XDP_UMEM_REG memory that is not mapped: EFAULT',
    'XDP_UMEM_REG memory that can be pinned in part only: ENOMEM',
  ]),
  ...rows('a machine would have to be out of memory', [
    'socket without memory: ENOBUFS',
    'ring or bind without memory: ENOMEM',
  ]),
  ...rows('rings are limited to 65536 entries', ['setsockopt rings of 2^30 entries: ENOMEM']),
  ...rows('the kernel would have to be built without CONFIG_XDP_SOCKETS', [
    'socket of an unknown family: EAFNOSUPPORT',
  ]),
  ...rows('needs a driver with zero-copy of one segment, or a memory provider', [
    'bind zero-copy with SG where the driver has one segment: EOPNOTSUPP',
    'bind zero-copy with an MTU above the frame: EINVAL',
    'bind zero-copy with a memory provider active: EBUSY',
  ]),
  ...rows('a veth end without a peer is gone in the same moment', [
    'attach natively to a veth without a peer: ENOTCONN',
  ]),
];
