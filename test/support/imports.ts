import { readFileSync } from 'node:fs';
import { dirname, resolve, sep } from 'node:path';
import ts from 'typescript';
import { filesUnder } from './packages.js';
import { inRoot } from './root.js';

/** What a source asks for: static, dynamic, of types only, `require`. */
export function importsOf(source: string): string[] {
  return ts.preProcessFile(source, true, true).importedFiles.map(({ fileName }) => fileName);
}

/** The sources of a workspace without its tests, and what only they use. */
export function sourcesOf(folder: string): string[] {
  return filesUnder(inRoot(folder, 'src')).filter(
    (file) => /(?<!\.test)\.ts$/.test(file) && !file.includes(`${sep}testing${sep}`),
  );
}

/** Imports that a workspace may not have, as `file: import`. */
export function strayImports(folder: string, allowed: RegExp): string[] {
  const home = inRoot(folder, 'src') + sep;
  return sourcesOf(folder).flatMap((file) =>
    importsOf(readFileSync(file, 'utf8'))
      .filter((name) =>
        name.startsWith('.') ? !resolve(dirname(file), name).startsWith(home) : !allowed.test(name),
      )
      .map((name) => `${file.slice(inRoot().length + 1)}: ${name}`),
  );
}
