import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

// Processes and descriptors come and go while they are read, and those of others may be hidden:
// what cannot be read is not there.

export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

export function targetOf(link: string): string {
  try {
    return readlinkSync(link);
  } catch {
    return '';
  }
}

export function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
