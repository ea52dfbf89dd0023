import { closeSync } from 'node:fs';
import type { ProgramSource } from '../contract/program.js';
import { FluxError } from '../errors.js';
import type { BpfFacts, Native, NativeProgram } from './native.js';
import { type Answer, attempt } from './system-error.js';

export type LoadedSource = Extract<ProgramSource, { kind: 'pinned' | 'fd' }>;

/** A program that somebody loaded, with its socket map. Descriptors are duplicated. */
export function adoptProgram(
  native: Native,
  source: LoadedSource,
  maxQueues: number,
): NativeProgram {
  const own: number[] = []; // Descriptors that are ours to close.
  const keep = (fd: number) => {
    own.push(fd);
    return fd;
  };
  try {
    const pinned = source.kind === 'pinned';
    const programPath = `program.source.${pinned ? 'path' : 'fd'}`;
    const programFd = pinned ? keep(openPinned(native, 'path', source.path)) : source.fd;
    const program = factsOf(native, programPath, programFd);
    if (program.kind !== 'program' || !program.xdp) {
      throw wrongKind(programPath, program, 'an XDP program');
    }

    const mapPath = `program.source.${pinned ? 'socketMapPath' : 'socketMapFd'}`;
    let mapFd = pinned ? undefined : source.socketMapFd;
    if (pinned && source.socketMapPath !== undefined) {
      mapFd = keep(openPinned(native, 'socketMapPath', source.socketMapPath));
    }
    mapFd ??= findSocketMap(native, program.mapIds, mapPath, keep);
    const map = factsOf(native, mapPath, mapFd);
    if (map.kind !== 'map' || !map.xskmap) throw wrongKind(mapPath, map, 'a socket map (XSKMAP)');
    if (map.maxEntries < maxQueues) throw tooSmall(map.maxEntries, maxQueues);
    return attempt(
      { doing: 'keep the XDP program' },
      () => new native.Program(programFd, mapFd, undefined),
    );
  } finally {
    for (const fd of own) closeSync(fd);
  }
}

function openPinned(native: Native, option: string, path: string): number {
  const notThere: Answer = {
    code: 'FLUX_INVALID_OPTION',
    hint: 'nothing of BPF is pinned there; see what is: find /sys/fs/bpf',
  };
  const context = { path: `program.source.${option}`, value: path };
  // A file that is not of bpffs is answered with EACCES (bpf_inode_type, kernel/bpf/inode.c).
  const foreign = native.isBpffs(path) ? {} : { EACCES: notThere };
  const answers = { ENOENT: notThere, ENOTDIR: notThere, EINVAL: notThere, ...foreign };
  return attempt({ doing: `open ${path}`, context, answers }, () => native.openPinned(path));
}

function factsOf(native: Native, path: string, fd: number): BpfFacts {
  const answers: Record<string, Answer> = {
    EBADF: { code: 'FLUX_INVALID_OPTION', hint: 'the descriptor is not open in this process' },
  };
  const doing = `use descriptor ${fd} of ${path}`;
  return attempt({ doing, context: { path, value: fd }, answers }, () => native.bpfFacts(fd));
}

/** The only socket map among those that the program uses. */
function findSocketMap(
  native: Native,
  mapIds: readonly number[],
  mapPath: string,
  keep: (fd: number) => number,
): number {
  const denied: Answer = {
    code: 'FLUX_PERMISSION',
    hint: `finding the program's maps needs CAP_SYS_ADMIN; or name the socket map: ${mapPath}`,
  };
  const answers = { EPERM: denied, EACCES: denied };
  const found = mapIds
    .map((id) => keep(attempt({ doing: `open map ${id}`, answers }, () => native.openMap(id))))
    .filter((fd) => {
      const facts = factsOf(native, mapPath, fd);
      return facts.kind === 'map' && facts.xskmap;
    });
  if (found.length === 1) return found[0]!;
  const many = found.length === 0 ? 'no' : 'more than one';
  throw new FluxError('FLUX_INVALID_OPTION', `the program uses ${many} socket map (XSKMAP)`, {
    hint:
      found.length === 0
        ? 'it has to call bpf_redirect_map on one to send frames to sockets'
        : `name the one to use: ${mapPath}`,
    context: { path: mapPath },
  });
}

function wrongKind(path: string, facts: BpfFacts, wanted: string): FluxError {
  const found = {
    program: 'a BPF program of another type',
    map: facts.kind === 'map' && facts.xskmap ? 'a socket map' : 'a BPF map of another type',
    other: 'neither a BPF program nor a BPF map',
  }[facts.kind];
  return new FluxError('FLUX_INVALID_OPTION', `${path} is ${found}, not ${wanted}`, {
    hint: `give ${wanted}; see what there is: bpftool prog, bpftool map`,
    context: { path, allowed: wanted },
  });
}

function tooSmall(entries: number, maxQueues: number): FluxError {
  const message = `the socket map has ${entries} slots, maxQueues is ${maxQueues}`;
  return new FluxError('FLUX_QUEUE_OUT_OF_RANGE', message, {
    hint: `set maxQueues to ${entries} at most, or load the program with a larger map`,
    context: { maxQueues, entries },
  });
}
