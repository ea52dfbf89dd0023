import { execFile, execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { inRoot, ROOT } from './root.js';

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly gypfile?: boolean;
  readonly workspaces?: readonly string[];
  readonly files?: readonly string[];
  readonly scripts?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

export interface Workspace {
  /** Relative to the repository root. */
  readonly folder: string;
  readonly manifest: Manifest;
}

export function readJson<T>(...path: string[]): T {
  return JSON.parse(readFileSync(inRoot(...path), 'utf8'));
}

export const rootManifest: Manifest = readJson('package.json');

export const workspaces: readonly Workspace[] = rootManifest.workspaces!.map((folder) => ({
  folder,
  manifest: readJson<Manifest>(folder, 'package.json'),
}));

/** What npm publishes. */
export const publicPackages = workspaces.filter(({ manifest }) => manifest.private !== true);

/** The environment without what an npm around us says of its project; Node's headers stay. */
function ownEnvironment(extra: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^npm_(?!config_nodedir$)/i.test(name),
  );
  return { ...Object.fromEntries(kept), LC_ALL: 'C', ...extra };
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** Runs a command and returns its standard output; a failure shows everything it said. */
export function run(
  command: string,
  args: readonly string[],
  { cwd = ROOT, env = {} }: RunOptions = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { cwd, env: ownEnvironment(env), maxBuffer: 2 ** 26 };
    execFile(command, args, options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${error.message}\n${stdout}\n${stderr}`));
    });
  });
}

export const runNode = (args: readonly string[], options?: RunOptions) =>
  run(process.execPath, args, options);

export interface Packed {
  readonly name: string;
  readonly tarball: string;
  /** Bytes of the tarball. */
  readonly size: number;
  /** Paths inside the package. */
  readonly files: readonly string[];
}

/** Makes a package's tarball, as publishing does. */
export async function pack(packageFolder: string, destination: string): Promise<Packed> {
  const options = ['--json', '--ignore-scripts', '--pack-destination', destination];
  const [made] = JSON.parse(await run('npm', ['pack', packageFolder, ...options]));
  return {
    name: made.name,
    tarball: join(destination, made.filename),
    size: made.size,
    files: made.files.map(({ path }: { path: string }) => path),
  };
}

/** Every file under a folder, as absolute paths; none when there is no such folder. */
export function filesUnder(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** What the repository holds; undefined outside of a git checkout. */
export function trackedFiles(): string[] | undefined {
  try {
    // The checkout may belong to another user than the one who runs the tests.
    const args = ['-c', 'safe.directory=*', 'ls-files', '-z'];
    const list = execFileSync('git', args, { cwd: ROOT, encoding: 'utf8', stdio: 'pipe' });
    return list.split('\0').filter((path) => path !== '' && existsSync(inRoot(path)));
  } catch {
    return undefined;
  }
}

/** Folders whose names in a file would tell where it was written. */
export function tellingFolders(): string[] {
  // A folder right below the root, such as /src, says nothing and is likely to be in a text.
  return [ROOT, homedir()].filter((path) => path.split('/').length > 2);
}
