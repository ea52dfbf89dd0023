import type {
  LoadPrefixesOptions,
  Steering,
  SteeringCounters,
  Traffic,
} from '../contract/steering.js';
import { FluxError } from '../errors.js';
import { Resource } from '../resource.js';
import { type CompiledRules, compileRules } from '../steering/compile-rules.js';
import {
  ACTION_COUNT,
  ACTION_UNBOUND,
  actionNumbers,
  BITMAP_SIZE,
  configLayout,
  PREFIX_ALLOW,
  PREFIX_BLOCK,
  RULE_COUNTERS,
  RULE_TRAFFIC_WORDS,
  TRAFFIC_WORDS,
} from '../steering/layout.js';
import { PrefixKeys, pushPrefix } from '../steering/prefix-keys.js';
import type { SteeringAction, SteeringRule } from '../steering/rule.js';
import { type CheckedSteering, checkAction } from '../steering/steering-options.js';
import type { Native, NativeXdpObject } from './native.js';
import {
  classCapacity,
  MAX_COUNTED_QUEUES,
  openSteeringMaps,
  type SteeringMaps,
} from './steering-maps.js';
import { attempt } from './system-error.js';

/** Of a loaded object: its maps stay when it is closed. */
export function openSteering(
  native: Native,
  object: NativeXdpObject,
  checked: CheckedSteering,
  maxQueues: number,
): KernelSteering {
  const maps = openSteeringMaps(native, object);
  try {
    return new KernelSteering(maps, checked, maxQueues);
  } catch (error) {
    for (const map of Object.values(maps)) map.close();
    throw error;
  }
}

/** Prefixes per system call: some 25 ms of work, then the event loop gets its turn. */
const PREFIX_BATCH = 8192;
const KEY_0 = new Uint8Array(4);

/** Steering by the maps of the loaded program (native/bpf/steering.h). */
export class KernelSteering extends Resource implements Steering {
  #rules: readonly SteeringRule[];
  #defaultAction: SteeringAction;
  readonly #maps: SteeringMaps;
  readonly #classCapacity: number;
  readonly #maxPrefixes: number;
  readonly #countedQueues: number;
  #slot = 0;
  #prefixSets = 0;
  /** 0 when no program reads the slot that is not in force, or a negative errno. */
  #readersGone: Promise<number> = Promise.resolve(0);
  /** The latest `set` that was asked for. */
  #setting: Promise<unknown> = Promise.resolve();

  /**
   * Writes the first list. Before the program is attached nobody reads it; behind a dispatcher
   * packets go to the host until then.
   */
  constructor(maps: SteeringMaps, checked: CheckedSteering, maxQueues: number) {
    super();
    const { rules, defaultAction, compiled, maxRules, maxPrefixes } = checked;
    this.#maps = maps;
    this.#rules = rules;
    this.#defaultAction = defaultAction;
    this.#classCapacity = classCapacity(maxRules);
    this.#maxPrefixes = maxPrefixes;
    this.#countedQueues = Math.min(maxQueues, MAX_COUNTED_QUEUES);
    this.#assertFits(compiled, rules.length);
    this.#write(0, compiled, rules.length);
    this.#writeConfig();
  }

  get rules(): readonly SteeringRule[] {
    return this.#rules;
  }

  get defaultAction(): SteeringAction {
    return this.#defaultAction;
  }

  async set(
    rules: readonly SteeringRule[],
    options: { readonly defaultAction?: SteeringAction | undefined } = {},
  ): Promise<void> {
    this.assertOpen();
    const defaultAction = checkAction(
      'defaultAction',
      options.defaultAction ?? this.#defaultAction,
    );
    const compiled = compileRules(rules, defaultAction);
    this.#assertFits(compiled, rules.length);
    const list = [...rules];
    const done = this.#setting.then(() => this.#replace(compiled, list, defaultAction));
    this.#setting = done.catch(() => {}); // The caller hears of it; the next one has its turn.
    await done;
  }

  async #replace(
    compiled: CompiledRules,
    rules: readonly SteeringRule[],
    defaultAction: SteeringAction,
  ): Promise<void> {
    const error = await this.#readersGone;
    this.assertOpen();
    if (error !== 0) {
      throw new FluxError('FLUX_SYSCALL', 'could not wait for packets that read the old rules', {
        errno: error,
        syscall: 'bpf(BPF_MAP_UPDATE_ELEM)',
      });
    }
    const slot = 1 - this.#slot;
    this.#write(slot, compiled, rules.length);
    this.#slot = slot;
    this.#writeConfig();
    this.#rules = rules;
    this.#defaultAction = defaultAction;
    this.#readersGone = this.#maps.grace.replace(this.#maps.grace_inner);
  }

  block(prefixes: Iterable<string>, options?: LoadPrefixesOptions): Promise<number> {
    return this.#eachBatch(prefixes, options, (keys) => this.#put(keys, PREFIX_BLOCK));
  }

  allow(prefixes: Iterable<string>, options?: LoadPrefixesOptions): Promise<number> {
    return this.#eachBatch(prefixes, options, (keys) => this.#put(keys, PREFIX_ALLOW));
  }

  async unblock(prefixes: Iterable<string>, options?: LoadPrefixesOptions): Promise<number> {
    let removed = 0;
    await this.#eachBatch(prefixes, options, (keys) => {
      removed += attempt({ doing: 'remove prefixes' }, () =>
        this.#trie(keys.family).remove(keys.bytes, keys.count),
      );
    });
    return removed;
  }

  counters(): SteeringCounters {
    this.assertOpen();
    return attempt({ doing: 'read the counters' }, () => {
      const { rule_counters, set_counters, action_counters } = this.#maps;
      const first = this.#slot * RULE_COUNTERS;
      const count = this.#rules.length;
      const rules = count === 0 ? [] : rule_counters.sums(first, count);
      const sets = set_counters.sums(0, 4);
      const actions = action_counters.sums(0, ACTION_COUNT * this.#countedQueues);
      const ofSet = (verdict: number) => ({
        v4: traffic(sets, TRAFFIC_WORDS * verdict),
        v6: traffic(sets, TRAFFIC_WORDS * (2 | verdict)),
      });
      return {
        rules: this.#rules.map(({ name }, index) => ({
          name,
          ...traffic(rules, RULE_TRAFFIC_WORDS * index),
          seen: rules[RULE_TRAFFIC_WORDS * index + 2]!,
        })),
        default: traffic(rule_counters.sums(first + RULE_COUNTERS - 1, 1), 0),
        sets: { blocked: ofSet(PREFIX_BLOCK), allowed: ofSet(PREFIX_ALLOW) },
        queues: Array.from({ length: this.#countedQueues }, (_, queue) => {
          const of = (action: number) =>
            traffic(actions, TRAFFIC_WORDS * (ACTION_COUNT * queue + action));
          return {
            host: of(actionNumbers.host),
            socket: of(actionNumbers.socket),
            drop: of(actionNumbers.drop),
            unbound: of(ACTION_UNBOUND),
          };
        }),
      };
    });
  }

  protected override release(): void {
    for (const map of Object.values(this.#maps)) map.close();
  }

  #assertFits({ classCount }: CompiledRules, ruleCount: number): void {
    if (classCount <= this.#classCapacity) return;
    throw new FluxError(
      'FLUX_STEERING_CAPACITY',
      `${ruleCount} rules make ${classCount} classes, there is room for ${this.#classCapacity}`,
      {
        hint: 'open the program with a larger maxRules',
        context: { ruleCount, classCount, capacity: this.#classCapacity },
      },
    );
  }

  #write(slot: number, compiled: CompiledRules, ruleCount: number): void {
    const { tables, bitmaps, classCount } = compiled;
    attempt({ doing: 'write the rules' }, () => {
      const keys = Uint32Array.from(
        { length: classCount },
        (_, index) => slot * this.#classCapacity + index,
      );
      this.#maps.bitmaps.update(new Uint8Array(keys.buffer), bitmaps, bitmaps.length / BITMAP_SIZE);
      this.#maps.tables.update(new Uint8Array(Uint32Array.of(slot).buffer), tables, 1);
      const first = slot * RULE_COUNTERS;
      if (ruleCount > 0) this.#maps.rule_counters.zero(first, ruleCount);
      this.#maps.rule_counters.zero(first + RULE_COUNTERS - 1, 1);
    });
  }

  /** One copy in the kernel: a packet sees the old words or the new ones. */
  #writeConfig(): void {
    const words = new Uint32Array(configLayout.size / 4);
    words[configLayout.slot / 4] = this.#slot;
    words[configLayout.classes / 4] = this.#classCapacity;
    words[configLayout.prefixSets / 4] = this.#prefixSets;
    attempt({ doing: 'put the rules in force' }, () =>
      this.#maps.config.update(KEY_0, new Uint8Array(words.buffer), 1),
    );
  }

  #trie(family: 4 | 6) {
    return family === 4 ? this.#maps.prefixes_v4 : this.#maps.prefixes_v6;
  }

  #put(keys: PrefixKeys, verdict: number): void {
    const values = new Uint32Array(keys.count).fill(verdict);
    attempt(
      {
        doing: 'add prefixes',
        context: { maxPrefixes: this.#maxPrefixes },
        answers: {
          ENOSPC: {
            code: 'FLUX_STEERING_CAPACITY',
            hint: 'open the program with a larger maxPrefixes',
          },
        },
      },
      () => this.#trie(keys.family).update(keys.bytes, new Uint8Array(values.buffer), keys.count),
    );
    const bit = keys.family === 4 ? 1 : 2;
    if ((this.#prefixSets & bit) !== 0) return;
    this.#prefixSets |= bit;
    this.#writeConfig();
  }

  /** Hands prefixes over in batches of one family, and lets others run between them. */
  async #eachBatch(
    prefixes: Iterable<string>,
    { onProgress, signal }: LoadPrefixesOptions = {},
    carryOut: (keys: PrefixKeys) => void,
  ): Promise<number> {
    const v4 = new PrefixKeys(4, PREFIX_BATCH);
    const v6 = new PrefixKeys(6, PREFIX_BATCH);
    let done = 0;
    const flush = () => {
      this.assertOpen();
      for (const keys of [v4, v6]) {
        if (keys.count > 0) carryOut(keys);
        done += keys.count;
        keys.clear();
      }
      onProgress?.(done);
    };
    let index = 0;
    for (const prefix of prefixes) {
      pushPrefix(v4, v6, prefix, index++);
      if (v4.count < PREFIX_BATCH && v6.count < PREFIX_BATCH) continue;
      flush();
      await new Promise<void>((resolve) => setImmediate(resolve));
      signal?.throwIfAborted();
    }
    flush();
    return done;
  }
}

function traffic(words: ArrayLike<number>, at: number): Traffic {
  return { packets: words[at]!, bytes: words[at + 1]! };
}
