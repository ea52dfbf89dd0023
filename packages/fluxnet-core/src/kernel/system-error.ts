import { debuglog } from 'node:util';
import { errnoName } from '../errno.js';
import { errorCodes, FluxError, type FluxErrorCode, isFluxError } from '../errors.js';

/** What was being done when a system call failed. */
export interface Attempt {
  /** `open a socket`, `bind to eth0 queue 0`: continues "could not …". */
  readonly doing: string;
  readonly context?: Readonly<Record<string, unknown>>;
  /** Answers that mean something of their own in this attempt, by errno name or by code. */
  readonly answers?: Readonly<Record<string, Answer | (() => Answer)>>;
}

export interface Answer {
  readonly code: FluxErrorCode;
  readonly hint?: string;
  /** Ends the message: `could not …: because`. */
  readonly because?: string;
  /** Found out after the fact; joins what was known before. */
  readonly context?: Readonly<Record<string, unknown>>;
}

interface NativeError extends Error {
  readonly code?: string;
  readonly errno?: number;
  readonly syscall?: string;
  readonly log?: string;
}

const RIGHTS =
  'run as root, or give node the rights: sudo setcap cap_net_raw,cap_net_admin,cap_bpf';

/** Answers that mean the same wherever they come from. */
const commonAnswers: Readonly<Record<string, Answer>> = {
  EPERM: { code: 'FLUX_PERMISSION', hint: `${RIGHTS}+ep "$(command -v node)"` },
  EACCES: { code: 'FLUX_PERMISSION', hint: `${RIGHTS}+ep "$(command -v node)"` },
  ENODEV: { code: 'FLUX_UNKNOWN_INTERFACE', hint: 'see the names: ip link' },
  ENXIO: { code: 'FLUX_INTERFACE_REMOVED', hint: 'open a new socket once the interface is back' },
  ENETDOWN: { code: 'FLUX_INTERFACE_DOWN', hint: 'bring it up: ip link set <interface> up' },
  ENOMEM: { code: 'FLUX_NO_MEMORY', hint: 'use fewer frames or smaller rings' },
  EAFNOSUPPORT: {
    code: 'FLUX_UNSUPPORTED_PLATFORM',
    hint: 'the kernel is built without CONFIG_XDP_SOCKETS; use the simulator, or another kernel',
  },
  EOPNOTSUPP: { code: 'FLUX_UNSUPPORTED', hint: "let fluxnet choose: 'auto'" },
  EMFILE: { code: 'FLUX_SYSCALL', hint: 'close something, or allow more files: ulimit -n' },
  EINVAL: { code: 'FLUX_INVALID_OPTION', hint: 'the kernel refused the sizes or flags' },
};

/** How libbpf frames the words of the verifier: errno does not tell them from a missing right. */
const VERIFIER_LOG = 'BEGIN PROG LOAD LOG';
const REJECTED: Answer = {
  code: 'FLUX_PROGRAM_REJECTED',
  hint: 'all that the verifier said is in context.log',
};
/** The end has the verdict; the whole is in the context. */
const LOG_LINES_SHOWN = 12;

/** Shown with `NODE_DEBUG=fluxnet`. */
const debug = debuglog('fluxnet');

/** What libbpf and libxdp say reaches the terminal only where it is asked for. */
export function noteLog(log: string): void {
  if (log !== '') debug('%s', log.trimEnd());
}

/** Runs a call into the addon and turns what it throws into a `FluxError`. */
export function attempt<T>(what: Attempt, call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw toFluxError(error as NativeError, what);
  }
}

function toFluxError(error: NativeError, what: Attempt): Error {
  if (isFluxError(error)) return error;
  if (error.code === 'FLUX_CLOSED') return new FluxError('FLUX_CLOSED', error.message);
  const code = (error.code ?? '') in errorCodes ? (error.code as FluxErrorCode) : undefined;
  if (error.errno === undefined && code === undefined) {
    // The addon refuses numbers that are none, or beyond what any kernel takes.
    return new FluxError('FLUX_INVALID_OPTION', `could not ${what.doing}: ${error.message}`, {
      hint: 'use a value of the allowed range',
      context: what.context,
      cause: error,
    });
  }
  const name = error.errno === undefined ? code! : errnoName(error.errno);
  const log = error.log?.trim() ?? '';
  noteLog(log);
  const answer = log.includes(VERIFIER_LOG) ? REJECTED : answerTo(name, what, code);
  const because = answer.because ?? (code === undefined ? undefined : error.message);
  const reason = because === undefined ? '' : `: ${because}`;
  const end = log === '' ? '' : `\n${log.split('\n').slice(-LOG_LINES_SHOWN).join('\n')}`;
  return new FluxError(answer.code, `could not ${what.doing}${reason}${end}`, {
    errno: error.errno,
    syscall: error.syscall,
    hint: answer.hint,
    context: { ...what.context, ...answer.context, ...(log === '' ? {} : { log }) },
    cause: error,
  });
}

function answerTo(name: string, what: Attempt, code: FluxErrorCode | undefined): Answer {
  const special = what.answers?.[name];
  if (special !== undefined) return typeof special === 'function' ? special() : special;
  return commonAnswers[name] ?? { code: code ?? 'FLUX_SYSCALL' };
}
