// @ts-check
/** Removes everything a build makes; node_modules stays. */
import { readFileSync, rmSync } from 'node:fs';
import { inRoot, NATIVE } from './lib/paths.mjs';

const { workspaces } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'));

const OUTPUTS = [
  ...workspaces.map((/** @type {string} */ folder) => `${folder}/dist`),
  'build',
  'bench/baseline/build',
  `${NATIVE}/build`,
  `${NATIVE}/vendor`,
  `${NATIVE}/prebuilds`,
  'coverage',
  'docs/api',
  '.cache',
];

for (const path of OUTPUTS) rmSync(inRoot(path), { recursive: true, force: true });
