import type { SteeringOptions } from '../contract/steering.js';
import { checkInteger, checkOneOf } from '../options.js';
import { type CompiledRules, compileRules } from './compile-rules.js';
import { MAX_RULES } from './layout.js';
import type { SteeringAction, SteeringRule } from './rule.js';

export const steeringKeys = ['rules', 'defaultAction', 'maxRules', 'maxPrefixes'] as const;

export interface CheckedSteering {
  readonly maxRules: number;
  readonly maxPrefixes: number;
  readonly rules: readonly SteeringRule[];
  readonly defaultAction: SteeringAction;
  readonly compiled: CompiledRules;
}

const DEFAULT_MAX_RULES = 256;
const DEFAULT_MAX_PREFIXES = 4_194_304;
const MOST_PREFIXES = 2 ** 28;

/**
 * What maps are made for.
 * @throws {FluxError} `FLUX_INVALID_OPTION`
 */
export function steeringSizes(path: string, options: SteeringOptions) {
  const least = Math.max(options.rules?.length ?? 0, 1);
  const maxRules = options.maxRules ?? Math.min(Math.max(least, DEFAULT_MAX_RULES), MAX_RULES);
  const maxPrefixes = options.maxPrefixes ?? DEFAULT_MAX_PREFIXES;
  return {
    maxRules: checkInteger(`${path}.maxRules`, maxRules, Math.min(least, MAX_RULES), MAX_RULES),
    maxPrefixes: checkInteger(`${path}.maxPrefixes`, maxPrefixes, 1, MOST_PREFIXES),
  };
}

/** @throws {FluxError} `FLUX_INVALID_OPTION`, `FLUX_UNKNOWN_OPTION`, `FLUX_STEERING_CAPACITY` */
export function checkSteering(path: string, options: SteeringOptions): CheckedSteering {
  const { rules = [] } = options;
  const sizes = steeringSizes(path, options);
  const defaultAction = checkAction(`${path}.defaultAction`, options.defaultAction ?? 'host');
  const compiled = compileRules(rules, defaultAction);
  return { ...sizes, rules: [...rules], defaultAction, compiled };
}

export function checkAction(path: string, action: unknown): SteeringAction {
  return checkOneOf(path, action, ['socket', 'host', 'drop']);
}
