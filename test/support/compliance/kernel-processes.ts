import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Outcome, Rights, RightsProbe } from 'fluxnet-core/compliance';
import { inRoot } from '../root.js';

const CORE = inRoot('packages/fluxnet-core/dist/index.js');
const COMPLIANCE = inRoot('packages/fluxnet-core/dist/compliance.js');

/** What a user has locked is counted over all processes of the user: each child is another one. */
let uid = 2_000_000 + process.pid * 50;

const asUser = () => {
  uid++;
  return ['setpriv', ...['--reuid', uid, '--regid', uid, '--clear-groups'].map(String)];
};

function runProbe(prefix: readonly string[], probe: RightsProbe, ifname: string): Outcome {
  const script = `
    import { kernelBackend } from ${JSON.stringify(CORE)};
    import { outcomeOf, rightsProbes } from ${JSON.stringify(COMPLIANCE)};
    const probe = rightsProbes[${JSON.stringify(probe)}];
    console.log(JSON.stringify(outcomeOf(() => probe(kernelBackend, ${JSON.stringify(ifname)}))));`;
  const [command, ...args] = [...prefix, process.execPath, '--input-type=module', '-e', script];
  return JSON.parse(execFileSync(command!, args, { cwd: '/', encoding: 'utf8' }));
}

/** As a user who has these rights and no others. */
export function probeAsUser(rights: Rights, probe: RightsProbe, ifname: string): Outcome {
  const { capabilities, memlock } = rights;
  const list = capabilities.map((name) => `+${name}`).join(',');
  const granted = list === '' ? [] : ['--inh-caps', list, '--ambient-caps', list];
  const limited = memlock === undefined ? [] : ['prlimit', `--memlock=${memlock}:${memlock}`];
  return runProbe([...limited, ...asUser(), ...granted], probe, ifname);
}

/** As a user without rights, who is root in namespaces of his own. */
export function probeInUserNamespace(probe: RightsProbe, ifname: string): Outcome {
  const namespaces = ['unshare', '--user', '--map-root-user', '--net'];
  return runProbe([...asUser(), ...namespaces], probe, ifname);
}

/** Another process opens a port with a program, and is killed. */
export async function killHolder(ifname: string): Promise<void> {
  const script = `
    import { kernelBackend } from ${JSON.stringify(CORE)};
    import { openPort } from ${JSON.stringify(COMPLIANCE)};
    const ifname = ${JSON.stringify(ifname)};
    const { socket } = openPort(kernelBackend, ifname);
    const source = { kind: 'redirect' };
    const options = { ifname, attachMode: 'auto', maxQueues: 1, source };
    kernelBackend.openProgram(options).setSocket(socket);
    console.log('open');
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'exit');
}
