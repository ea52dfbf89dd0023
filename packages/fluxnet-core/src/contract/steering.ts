import type { SteeringAction, SteeringRule } from '../steering/rule.js';

export interface SteeringOptions {
  /** Asked in order; the first that matches decides. Default none. */
  readonly rules?: readonly SteeringRule[] | undefined;
  /** For packets that no rule matches. Default `host`. */
  readonly defaultAction?: SteeringAction | undefined;
  /**
   * Rules that `set` may bring later, up to 4096. Kernel memory is taken for them when the program
   * is opened, about 4 KiB each. Default 256, or what `rules` needs.
   */
  readonly maxRules?: number | undefined;
  /** Prefixes of each family in the block and allow sets, up to 2^28. Default 4,194,304. */
  readonly maxPrefixes?: number | undefined;
}

export interface Traffic {
  readonly packets: number;
  readonly bytes: number;
}

export interface RuleTraffic extends Traffic {
  /** The rule's name. */
  readonly name: string | undefined;
  /** Packets that matched, taken or, where the rule samples, let go on. */
  readonly seen: number;
}

/** Of one receiving queue. */
export interface QueueTraffic {
  readonly host: Traffic;
  /** To the queue's socket, which may still drop it: see its statistics. */
  readonly socket: Traffic;
  readonly drop: Traffic;
  /** Meant for a socket and passed to the host, because the queue has none. */
  readonly unbound: Traffic;
}

export interface SteeringCounters {
  /** In order, since `set`. */
  readonly rules: readonly RuleTraffic[];
  /** Packets that no rule took, since `set`. */
  readonly default: Traffic;
  /** Packets that a prefix set decided on, since the program was opened. */
  readonly sets: { readonly blocked: FamilyTraffic; readonly allowed: FamilyTraffic };
  /** By queue id, since the program was opened. */
  readonly queues: readonly QueueTraffic[];
}

export interface FamilyTraffic {
  readonly v4: Traffic;
  readonly v6: Traffic;
}

export interface LoadPrefixesOptions {
  /** Called with the number of prefixes that are done, after every some thousand of them. */
  readonly onProgress?: ((done: number) => void) | undefined;
  /** What was done stays done. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Which packets an interface's program takes, while it runs. The prefix sets are asked before the
 * rules, by source address: the most specific prefix decides, `block` drops the packet, `allow`
 * lets it go on to the rules.
 */
export interface Steering {
  readonly rules: readonly SteeringRule[];
  readonly defaultAction: SteeringAction;
  /**
   * Replaces the whole list. A packet sees the old list or the new one, never a mix. Resolves when
   * the new one is in force; calls are carried out in order.
   * @throws {FluxError} `FLUX_INVALID_OPTION`, `FLUX_UNKNOWN_OPTION`, `FLUX_STEERING_CAPACITY`
   */
  set(
    rules: readonly SteeringRule[],
    options?: { readonly defaultAction?: SteeringAction | undefined },
  ): Promise<void>;
  /** Adds prefixes to drop, or changes those that were allowed. Resolves with their number. */
  block(prefixes: Iterable<string>, options?: LoadPrefixesOptions): Promise<number>;
  /** Adds exceptions from blocked prefixes. */
  allow(prefixes: Iterable<string>, options?: LoadPrefixesOptions): Promise<number>;
  /** Removes prefixes from both sets. Resolves with the number of those that were there. */
  unblock(prefixes: Iterable<string>, options?: LoadPrefixesOptions): Promise<number>;
  counters(): SteeringCounters;
}
