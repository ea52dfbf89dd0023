// @ts-check
import { createHash } from 'node:crypto';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * A digest of the contents of files and folders. Contents, not times: a checkout of another branch
 * changes the former without moving the latter in a dependable way.
 * @param {string[]} paths files and folders; what does not exist counts as such
 * @param {object} [options]
 * @param {(path: string) => boolean} [options.include] which files count
 * @param {string[]} [options.extra] anything else the result depends on
 */
export function fingerprint(paths, { include = () => true, extra = [] } = {}) {
  const hash = createHash('sha256');
  for (const path of paths) {
    hash.update(`path ${path}\n`);
    for (const file of filesUnder(path).filter(include)) {
      const content = readFileSync(file);
      hash.update(`file ${file} ${content.length}\n`).update(content);
    }
  }
  return hash.update(JSON.stringify(extra)).digest('hex');
}

/**
 * @param {string} path
 * @returns {string[]} in a stable order
 */
function filesUnder(path) {
  const kind = statSync(path, { throwIfNoEntry: false });
  if (!kind) return [];
  if (!kind.isDirectory()) return [path];
  return readdirSync(path)
    .sort()
    .flatMap((name) => filesUnder(join(path, name)));
}

/** Remembers the fingerprint a step was last done for, one small file each. */
export class Stamp {
  #file;

  /** @param {string} file */
  constructor(file) {
    this.#file = file;
  }

  /** @returns {string | undefined} */
  read() {
    try {
      return readFileSync(this.#file, 'utf8').trim();
    } catch {
      return undefined;
    }
  }

  /** @param {string} value */
  write(value) {
    mkdirSync(dirname(this.#file), { recursive: true });
    const work = `${this.#file}.${process.pid}`;
    writeFileSync(work, `${value}\n`);
    renameSync(work, this.#file);
  }

  /**
   * Does the work unless it is done for this fingerprint and its result is still there. Work that
   * fails leaves no stamp: what it began may be half of a result.
   * @param {string} wanted
   * @param {() => boolean} isThere
   * @param {() => Promise<void>} work
   */
  async ensure(wanted, isThere, work) {
    if (this.read() === wanted && isThere()) return;
    rmSync(this.#file, { force: true });
    await work();
    this.write(wanted);
  }
}
