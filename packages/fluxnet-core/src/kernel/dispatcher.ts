import { FluxError } from '../errors.js';
import type { Native } from './native.js';
import type { Answer } from './system-error.js';

const ALONE = "or attach alone: attachBy: 'link'";

/**
 * What libxdp's dispatcher needs is asked for before libxdp is: where it is missing, libxdp
 * attaches the program alone, in a way that survives the process, and reports success.
 * @throws {FluxError} `FLUX_UNSUPPORTED`
 */
export function requireDispatcherSupport(native: Native): void {
  const path = process.env.LIBXDP_BPFFS ?? '/sys/fs/bpf';
  if (!native.isBpffs(path)) {
    throw new FluxError(
      'FLUX_UNSUPPORTED',
      `libxdp's dispatcher needs bpffs, and ${path} is none (\`ip netns exec\` hides it)`,
      { hint: `mount it: mount -t bpf bpf ${path}, ${ALONE}`, context: { missing: 'bpffs', path } },
    );
  }
  const refused = native.extensionsRefused();
  if (refused === 0) return;
  throw new FluxError(
    'FLUX_UNSUPPORTED',
    "libxdp's dispatcher needs BPF extension programs (freplace), and the kernel refuses them",
    {
      errno: refused,
      syscall: 'bpf(BPF_PROG_LOAD)',
      hint: `give node CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN; where root is refused, ${ALONE.slice(3)}`,
      context: { missing: 'extension programs' },
    },
  );
}

const INSTALL = 'install fluxnet-core again; it carries libxdp in native/vendor';

/** What else can go wrong in libxdp. */
export const dispatcherAnswers: Readonly<Record<string, Answer>> = {
  FLUX_NATIVE_MISSING: { code: 'FLUX_NATIVE_MISSING', hint: INSTALL },
  FLUX_UNSUPPORTED: {
    code: 'FLUX_UNSUPPORTED',
    hint: `context.log has libxdp's reason; mend it, ${ALONE}`,
  },
  // Its dispatcher object. With file capabilities libxdp does not look for ours.
  ENOENT: {
    code: 'FLUX_NATIVE_MISSING',
    hint: `${INSTALL}; where node has file capabilities, install the libxdp of the distribution too`,
  },
};
