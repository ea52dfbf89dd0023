/**
 * Captures of other projects, for tests that compare with tshark and tcpdump. The folder is named
 * by FLUXNET_CORPUS; without it these tests are skipped.
 */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.env.FLUXNET_CORPUS;

export const hasCorpus = folder !== undefined && existsSync(join(folder, 'manifest.tsv'));

export interface CorpusFile {
  readonly path: string;
  /** As tshark counts them. */
  readonly packets: number;
  readonly linkType: number;
  readonly format: string;
}

export function corpusBytes(path: string): Uint8Array {
  return readFileSync(join(folder ?? '', path));
}

export function corpusJson<T>(path: string): T | undefined {
  const file = join(folder ?? '', path);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as T) : undefined;
}

export function corpusFiles(): CorpusFile[] {
  if (!hasCorpus) return [];
  const [head, ...rows] = readFileSync(join(folder ?? '', 'manifest.tsv'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t'));
  const column = (row: string[], name: string) => row[head!.indexOf(name)]!;
  return rows.map((row) => ({
    path: column(row, 'path'),
    packets: Number(column(row, 'packets')),
    linkType: Number(column(row, 'linktype')),
    format: column(row, 'format'),
  }));
}
