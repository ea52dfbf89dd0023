import type { AttachMode, Pages, Program, Umem, Xsk, XskEffective } from 'fluxnet-core';
import type { Port } from './open-ports.js';

/** What really holds after open, where it was left to the kernel. */
export interface Effective {
  readonly backend: 'kernel' | 'simulator';
  readonly pages: Pages;
  readonly ports: readonly EffectivePort[];
}

export interface EffectivePort extends XskEffective {
  readonly ifname: string;
  readonly queueIds: readonly number[];
  readonly driver: string;
  readonly attachMode: AttachMode;
}

export function effectiveModes(umem: Umem, ports: readonly Port[]): Effective {
  const { backend, memory } = umem;
  return {
    backend: backend.name,
    pages: memory.pages,
    ports: ports.map(({ program, xsks }) => effectivePort(program, xsks)),
  };
}

export function effectivePort(program: Program, xsks: readonly Xsk[]): EffectivePort {
  const { umem, effective, queue } = xsks[0]!;
  const { ifname } = queue;
  return {
    ifname,
    queueIds: xsks.map((xsk) => xsk.queue.queueId),
    driver: umem.backend.interfaceInfo(ifname).driver,
    attachMode: program.attachMode,
    ...effective,
  };
}
