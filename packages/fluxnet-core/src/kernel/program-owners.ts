import type { ProgramOwner } from '../contract/interface.js';
import { namesIn, targetOf, textOf } from './proc-files.js';

/**
 * Processes that hold a program or a link to it. The kernel does not know owners, but shows what
 * each descriptor is (`bpf_prog_show_fdinfo`, `bpf_link_show_fdinfo` in kernel/bpf/syscall.c).
 */
export function programOwners(programId: number): ProgramOwner[] {
  const line = new RegExp(`^prog_id:\\s+${programId}$`, 'm');
  const owners: ProgramOwner[] = [];
  for (const pid of namesIn('/proc').filter((name) => /^\d+$/.test(name))) {
    const held = namesIn(`/proc/${pid}/fd`)
      .filter((fd) => targetOf(`/proc/${pid}/fd/${fd}`).startsWith('anon_inode:bpf'))
      .map((fd) => textOf(`/proc/${pid}/fdinfo/${fd}`))
      .filter((facts) => line.test(facts));
    if (held.length === 0) continue;
    const holds = held.some((facts) => facts.includes('link_type:')) ? 'link' : 'program';
    owners.push({ pid: Number(pid), command: textOf(`/proc/${pid}/comm`).trim(), holds });
  }
  return owners;
}
