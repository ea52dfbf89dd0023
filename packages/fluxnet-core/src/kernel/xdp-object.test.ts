import { describe, expect, it } from 'vitest';
import { hasKernel } from '../../../../test/support/kernel.js';
import { errno } from '../errno.js';
import { loadNative } from './load-native.js';
import type { Native, NativeXdpObject } from './native.js';
import { loadFile } from './xdp-object.js';

/** A kernel that answers each load with an errno, 0 for success. */
function kernelThatAnswers(answers: readonly number[], section: 'xdp' | 'xdp.frags' = 'xdp.frags') {
  const tried: boolean[] = [];
  let open = 0;
  class XdpObject {
    #frags = false;
    constructor() {
      open++;
    }
    programs() {
      return [{ name: 'p', xdp: true, multiBuffer: section === 'xdp.frags' }];
    }
    maps() {
      return [{ name: 'm', xskmap: true, maxEntries: 1 }];
    }
    select(_: string, multiBuffer: boolean) {
      this.#frags = multiBuffer;
    }
    load() {
      const answer = answers[tried.push(this.#frags) - 1]!;
      if (answer === 0) return '';
      throw Object.assign(new Error('load'), { errno: answer, syscall: 'bpf(BPF_PROG_LOAD)' });
    }
    close() {
      open--;
    }
  }
  const native = { XdpObject } as unknown as Native;
  const load = () => loadFile(native, { kind: 'object', bytes: new Uint8Array(1) }, 1);
  return { load, tried, stillOpen: () => open };
}

describe('loading a program', () => {
  it('keeps xdp.frags where the kernel knows it', () => {
    const { load, tried } = kernelThatAnswers([0]);
    expect(load().multiBuffer).toBe(true);
    expect(tried).toEqual([true]);
  });

  it('does without where the kernel says EINVAL, and reports it', () => {
    const { load, tried, stillOpen } = kernelThatAnswers([errno.EINVAL, 0]);
    expect(load().multiBuffer).toBe(false);
    expect(tried).toEqual([true, false]);
    expect(stillOpen()).toBe(1);
  });

  it('throws the first error where it is not that', () => {
    const { load, tried, stillOpen } = kernelThatAnswers([errno.EINVAL, errno.E2BIG]);
    expect(load).toThrow(
      expect.objectContaining({ code: 'FLUX_PROGRAM_REJECTED', errno: errno.EINVAL }),
    );
    expect(tried).toEqual([true, false]);
    expect(stillOpen()).toBe(0);
  });

  it.each([errno.EPERM, errno.E2BIG, errno.ENOMEM])('tries once where the errno is %d', (code) => {
    const { load, tried, stillOpen } = kernelThatAnswers([code]);
    expect(load).toThrow(expect.objectContaining({ errno: code }));
    expect(tried).toEqual([true]);
    expect(stillOpen()).toBe(0);
  });

  it('has nothing to leave out of a plain program', () => {
    const { load, tried } = kernelThatAnswers([errno.EINVAL], 'xdp');
    expect(load).toThrow(expect.objectContaining({ errno: errno.EINVAL }));
    expect(tried).toEqual([true]);
  });
});

it.runIf(hasKernel)('[kernel] loads the redirect program with and without xdp.frags', () => {
  const native = loadNative();
  for (const multiBuffer of [true, false]) {
    const object: NativeXdpObject = new native.XdpObject('redirect');
    object.select('fluxnet_redir', multiBuffer);
    object.load();
    expect(native.bpfFacts(object.programFd())).toMatchObject({ kind: 'program', xdp: true });
    object.close();
  }
});
