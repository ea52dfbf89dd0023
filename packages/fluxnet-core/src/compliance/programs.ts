/**
 * The XDP programs of the cases, after the kernel's own (tools/testing/selftests/bpf/progs/
 * xsk_xdp_progs.c). All have one socket map and drop what has no socket, except `redirect`, which
 * is the one of the contract and passes it to the host.
 */
export type TestProgram =
  | { readonly kind: 'redirect' }
  /** Like `redirect`, but it does not take frames of several buffers (no `xdp.frags`). */
  | { readonly kind: 'linear' }
  /** Drops every second frame, beginning with the second. */
  | { readonly kind: 'drop-half' }
  /** Puts 32 bytes of metadata in front of the frame: a u64 that counts frames, then zeros. */
  | { readonly kind: 'count-in-metadata' }
  /** To the socket in slot `destination MAC[5] / 2`. */
  | { readonly kind: 'by-mac' }
  /** Makes the frame longer, or shorter. */
  | { readonly kind: 'adjust-tail'; readonly delta: number };
