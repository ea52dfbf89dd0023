import { readFileSync } from 'node:fs';

/** NUMA nodes that are online; node 0 where the kernel knows of none. */
export function onlineNodes(): number[] {
  const list = read('/sys/devices/system/node/online') ?? '0';
  return parseNodeList(list);
}

/** The kernel's list format: `0`, `0-3`, `0,2-3`. */
export function parseNodeList(list: string): number[] {
  return list
    .trim()
    .split(',')
    .flatMap((part) => {
      const [first = 0, last = first] = part.split('-').map(Number);
      return Array.from({ length: last - first + 1 }, (_, i) => first + i);
    });
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
