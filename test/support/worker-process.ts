import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ProcessChannel } from '../../packages/fluxnet-core/src/processes/process-channel.js';

const core = fileURLToPath(new URL('../../packages/fluxnet-core/dist/index.js', import.meta.url));

export interface WorkerOptions {
  /** Default: nobody, who has no capability. */
  readonly uid?: number;
  /** Bytes of locked memory that it may have; default 8 MiB, as distributions set it. */
  readonly memlock?: number;
  /** Capabilities that it has all the same, as setpriv names them: `net_raw bpf`. */
  readonly capabilities?: string;
  /** Descriptors that it may have open. */
  readonly files?: number;
}

/** Another process, with a channel to it. */
export interface Worker {
  readonly channel: ProcessChannel;
  readonly child: ChildProcess;
  /** What its program returned, or the error that it met: its fields, with `message`. */
  // biome-ignore lint/suspicious/noExplicitAny: whatever the program of the test returns
  result(): Promise<any>;
}

const NOBODY = 65534;

/**
 * Runs the body of an async function as another process. It has the exports of fluxnet-core as
 * `core`, the channel as `channel`, and what `WORKER_TOOLS` defines.
 */
export function startWorker(body: string, options: WorkerOptions = {}): Worker {
  const { uid = NOBODY, memlock = 8 * 2 ** 20, files, capabilities = '' } = options;
  const { channel, child: end } = ProcessChannel.pair();
  const source = `
    import * as core from ${JSON.stringify(core)};
    ${WORKER_TOOLS}
    const answer = await (async () => {
      const channel = core.ProcessChannel.inherited();
      const answer = await (async () => { ${body} })();
      channel.close();
      return answer;
    })().catch((error) => ({ ...error, message: error.message, stack: error.stack }));
    process.stdout.write(JSON.stringify(answer ?? null));
    process.exitCode = 0;`;
  const limits = [
    `--memlock=${memlock}:${memlock}`,
    ...(files ? [`--nofile=${files}:${files}`] : []),
  ];
  const ids = ['--reuid', uid, '--regid', uid, '--clear-groups'].map(String);
  const rights = capabilities
    .split(' ')
    .filter((name) => name !== '')
    .map((name) => `+${name}`)
    .join(',');
  const keep = rights === '' ? [] : ['--inh-caps', rights, '--ambient-caps', rights];
  const become = uid === 0 ? [] : ['setpriv', ...ids, ...keep];
  const command = [...limits, ...become, process.execPath, '--input-type=module', '-e', source];
  const child = spawn('prlimit', command, {
    cwd: '/',
    stdio: ['ignore', 'pipe', 'pipe', end.fd],
  });
  end.close();
  const result = answerOf(child);
  result.catch(() => {}); // A test may ask for it late, or not at all.
  return { channel, child, result: () => result };
}

function answerOf(child: ChildProcess): Promise<unknown> {
  let output = '';
  let complaints = '';
  child.stdout!.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    complaints += text;
  });
  return new Promise((resolve, reject) => {
    child.on('close', (code, signal) => {
      if (code === 0 && output !== '') resolve(JSON.parse(output));
      else reject(new Error(`the worker ended with ${signal ?? code}: ${complaints}${output}`));
    });
    child.on('error', reject);
  });
}

const WORKER_TOOLS = `
  const { readFileSync } = await import('node:fs');
  const small = { rxRingSize: 64, txRingSize: 64, fillRingSize: 64, completionRingSize: 64 };

  /** What the kernel says of this process, as text. */
  function rights() {
    const status = readFileSync('/proc/self/status', 'utf8');
    const field = (name) => new RegExp('^' + name + ':\\\\s*(.*)$', 'm').exec(status)[1];
    return { effective: field('CapEff'), permitted: field('CapPrm'), noNewPrivs: field('NoNewPrivs') };
  }

  function fill(xsk, count) {
    const granted = xsk.fill.reserve(Math.min(count, xsk.umem.frames.free));
    for (let i = 0; i < granted; i++) xsk.fill.setAddress(i, xsk.umem.frames.take());
    xsk.fill.submit(granted);
    return granted;
  }

  function takeCompletions(xsk) {
    const done = xsk.completion.peek(64);
    for (let i = 0; i < done; i++) xsk.umem.frames.give(xsk.completion.address(i));
    xsk.completion.release(done);
    return done;
  }

  /** Sends every frame back with its first byte set to 0xee, and says where all frames are. */
  function echo(xsk, total, backend) {
    const { umem } = xsk;
    const before = umem.frames.free;
    let inFill = fill(xsk, 32);
    const waiting = backend.openPollSet();
    waiting.add(xsk.socket, { readable: true, writable: false });
    let received = 0;
    let completed = 0;
    const deadline = performance.now() + 20000;
    while (completed < total && performance.now() < deadline) {
      const count = xsk.rx.peek(32);
      if (xsk.tx.reserve(count) !== count) throw new Error('the TX ring is full');
      for (let i = 0; i < count; i++) {
        const address = xsk.rx.address(i);
        umem.bytes[address] = 0xee;
        xsk.tx.setDescriptor(i, address, xsk.rx.length(i), 0);
      }
      xsk.rx.release(count);
      xsk.tx.submit(count);
      received += count;
      inFill += fill(xsk, count) - count;
      if (count > 0) xsk.socket.kick();
      completed += takeCompletions(xsk);
      if (count === 0) waiting.wait(10);
    }
    waiting.close();
    return { received, completed, before, free: umem.frames.free, inFill, stats: xsk.socket.statistics() };
  }
`;
