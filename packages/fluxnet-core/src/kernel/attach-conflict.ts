import type { AttachedProgram } from '../contract/interface.js';
import { readProgram } from './interface-facts.js';
import type { Native } from './native.js';
import { programOwners } from './program-owners.js';
import type { Answer } from './system-error.js';

/** Names the program that is in the way, who keeps it, and how it goes away. */
export function attachConflict(native: Native, ifname: string): Answer {
  const found = readProgram(native, ifname);
  if (found === undefined) {
    return {
      code: 'FLUX_PROGRAM_CONFLICT',
      hint: `another program was attached to ${ifname} and is gone now; open again`,
    };
  }
  return {
    code: 'FLUX_PROGRAM_CONFLICT',
    hint: `${describe(found)} is attached to ${ifname}; ${wayOut(found, ifname)}`,
  };
}

function describe({ id, name, mode, attachedBy, programs }: AttachedProgram): string {
  const owners = programOwners(id).map(({ pid, command }) =>
    pid === process.pid ? 'this process' : `process ${pid} (${command})`,
  );
  const facts = [
    `program ${id}${name === undefined ? '' : ` (${name})`}`,
    `${mode} mode`,
    ...(attachedBy === undefined ? [] : [`attached by ${attachedBy}`]),
    ...(owners.length === 0 ? [] : [`held by ${owners.join(' and ')}`]),
    ...(programs ?? []).map((program) => `running ${program.name ?? program.id}`),
  ];
  return `${facts.join(', ')},`;
}

function wayOut({ mode, attachedBy, programs }: AttachedProgram, ifname: string): string {
  if (programs !== undefined) {
    return `join them: attachBy: 'dispatcher', or remove them: xdp-loader unload ${ifname} --all`;
  }
  // The kernel does not let netlink detach a link (dev_xdp_attach, net/core/dev.c).
  const link = 'find its link: bpftool link, and: bpftool link detach id <link>';
  const netlink = `ip link set dev ${ifname} ${mode === 'generic' ? 'xdpgeneric' : 'xdp'} off`;
  if (attachedBy === 'link') return `stop its owner, or ${link}`;
  if (attachedBy === 'netlink') return `stop its owner, or: ${netlink}`;
  return `stop its owner, or: ${netlink} (if that is refused, ${link})`;
}
