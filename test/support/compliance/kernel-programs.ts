import type { ProgramSource } from 'fluxnet-core';
import type { TestProgram } from 'fluxnet-core/compliance';
import { compileBpf } from '../bpf.js';

/** To the socket of a slot; frames without one are dropped, except where a test is about them. */
const to = (slot: string, fallback = 'XDP_DROP') =>
  `return bpf_redirect_map(&xsks, ${slot}, ${fallback});`;

const frags = (body: string, before = '') => `
SOCKET_MAP(xsks)
${before}
SEC("xdp.frags") int program(struct xdp_md* ctx) { ${body} }`;

function text(program: TestProgram): string {
  switch (program.kind) {
    case 'linear':
      return `
SOCKET_MAP(xsks)
SEC("xdp") int program(struct xdp_md* ctx) { ${to('ctx->rx_queue_index', 'XDP_PASS')} }`;
    case 'drop-half':
      return frags(`if (seen++ & 1) return XDP_DROP; ${to('0')}`, 'static volatile __u32 seen;');
    case 'count-in-metadata':
      return frags(
        `if (bpf_xdp_adjust_meta(ctx, -32)) return XDP_DROP;
  __u64* meta = (void*)(long)ctx->data_meta;
  if ((void*)(meta + 4) > (void*)(long)ctx->data) return XDP_DROP;
  meta[0] = seen++; meta[1] = meta[2] = meta[3] = 0;
  ${to('0')}`,
        'static volatile __u64 seen;',
      );
    case 'by-mac':
      return frags(`
  __u8* mac = (void*)(long)ctx->data;
  if ((void*)(mac + 6) > (void*)(long)ctx->data_end) return XDP_DROP;
  ${to('mac[5] / 2')}`);
    case 'adjust-tail':
      return frags(`if (bpf_xdp_adjust_tail(ctx, ${program.delta})) return XDP_DROP; ${to('0')}`);
    case 'redirect':
      throw new Error('the redirect program is the backend’s own');
  }
}

const compiled = new Map<string, Uint8Array>();

/** Compiled once in a process. */
export function kernelSource(program: TestProgram): ProgramSource {
  if (program.kind === 'redirect') return { kind: 'redirect' };
  const source = text(program);
  let bytes = compiled.get(source);
  if (bytes === undefined) {
    bytes = compileBpf(source);
    compiled.set(source, bytes);
  }
  return { kind: 'object', bytes };
}
