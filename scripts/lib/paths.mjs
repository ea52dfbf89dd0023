// @ts-check
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository root; every other path is relative to it. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url)).replace(/[\\/]$/, '');

/** @param {string[]} parts */
export const inRoot = (...parts) => join(ROOT, ...parts);

export const NATIVE = 'packages/fluxnet-core/native';

/**
 * Where the carried libraries of one machine type live.
 * @param {string} [arch] Node's name of it
 */
export const vendorFolder = (arch = process.arch) => `${NATIVE}/vendor/linux-${arch}`;
