import type { FilterIR, GatewayIR, NamespacedName, RuleIR } from "../../../lib/routing/ir.ts";
import { type Split, startOf } from "../../../lib/routing/split.ts";

/** Counts the requests of a split or a mirror. */
export interface SplitCounter {
  /** Counts a request and returns the previous count; any integer, since a shared count wraps at 32 bits. */
  next(): number;
}

/** A count of one thread, used unless workers share their turns. */
class OwnTurn implements SplitCounter {
  #count = 0;

  next(): number {
    return this.#count++;
  }
}

/** A count in shared memory, so that a split is exact over the requests of all threads. */
class SharedTurn implements SplitCounter {
  readonly #counts: Int32Array<SharedArrayBuffer>;
  readonly #at: number;

  constructor(counts: Int32Array<SharedArrayBuffer>, at: number) {
    this.#counts = counts;
    this.#at = at;
  }

  next(): number {
    return Atomics.add(this.#counts, this.#at, 1);
  }
}

/** Shared counts of the turns of all threads. It is plain data with shared memory. */
export interface SharedTurns {
  /** Buffers of 32-bit counters, with the same number in each. */
  readonly memory: readonly SharedArrayBuffer[];
  /** Index of each counter in all of the memory, by `splitTurnKey` or `mirrorTurnKey`. */
  readonly places: ReadonlyMap<string, number>;
}

/** Turns of one Gateway's rules, by the identity of the rule: they survive every swap that keeps the rule. */
export class GatewayTurns {
  readonly #gateway: NamespacedName;
  readonly #seed: string | undefined;
  /** Counts by rule, then by key. */
  readonly #own = new Map<string, Map<string, SplitCounter>>();
  #shared: SharedTurns | undefined;

  /** @param seed identifies the replica, so that not all replicas begin with the same backend; absent: they do. */
  constructor(gateway: NamespacedName, seed: string | undefined) {
    this.#gateway = gateway;
    this.#seed = seed;
  }

  /** Changes the turns of plans that are made from now on. */
  update(ruleIds: ReadonlySet<string>, shared: SharedTurns | undefined): void {
    this.#shared = shared;
    for (const id of this.#own.keys()) if (!ruleIds.has(id)) this.#own.delete(id);
  }

  split(ruleId: string): SplitCounter {
    return this.#turn(ruleId, splitTurnKey(this.#gateway, ruleId));
  }

  /** @param place position of the filter in its rule, see `mirrorPlace`. */
  mirror(ruleId: string, place: string): SplitCounter {
    return this.#turn(ruleId, mirrorTurnKey(this.#gateway, ruleId, place));
  }

  /** Returns the first turn of a cycle of this length in this replica. */
  start(split: Pick<Split, "total">): number {
    return this.#seed === undefined ? 0 : startOf(split, this.#seed);
  }

  #turn(ruleId: string, key: string): SplitCounter {
    const place = this.#shared?.places.get(key);
    const shared = place === undefined ? undefined : sharedTurn(this.#shared as SharedTurns, place);
    if (shared !== undefined) return shared;
    const own = this.#own.get(ruleId) ?? new Map<string, SplitCounter>();
    this.#own.set(ruleId, own);
    const turn = own.get(key) ?? new OwnTurn();
    own.set(key, turn);
    return turn;
  }
}

function sharedTurn({ memory }: SharedTurns, place: number): SplitCounter | undefined {
  const each = (memory[0]?.byteLength ?? 0) / Int32Array.BYTES_PER_ELEMENT;
  const part = memory[Math.floor(place / each)];
  return part === undefined ? undefined : new SharedTurn(new Int32Array(part), place % each);
}

export function splitTurnKey({ namespace, name }: NamespacedName, ruleId: string): string {
  return `${namespace}/${name} ${ruleId}`;
}

export function mirrorTurnKey(gateway: NamespacedName, ruleId: string, place: string): string {
  return `${splitTurnKey(gateway, ruleId)} ${place}`;
}

/** Returns the position of a RequestMirror filter in the list of its rule, or of one of the rule's backends. */
export function mirrorPlace(list: FilterList, index: number): string {
  return `${list}/${index}`;
}

export type FilterList = "rule" | `backend/${number}`;

/** Returns the keys of all turns whose order can be observed: splits with a choice, and partial mirrors. */
export function sharedTurnKeys({ gateway, rules }: GatewayIR): string[] {
  return Object.values(rules).flatMap((rule) => {
    const mirrors = mirrorPlaces(rule).map((place) => mirrorTurnKey(gateway, rule.id, place));
    const choices = rule.backends.filter(({ weight }) => weight > 0).length;
    return choices > 1 ? [splitTurnKey(gateway, rule.id), ...mirrors] : mirrors;
  });
}

function mirrorPlaces({ filters, backends }: RuleIR): string[] {
  const places = (list: FilterList, of: readonly FilterIR[]) =>
    of.flatMap((filter, index) =>
      filter.type === "RequestMirror" && filter.numerator < filter.denominator ? [mirrorPlace(list, index)] : [],
    );
  return [...places("rule", filters), ...backends.flatMap((backend, i) => places(`backend/${i}`, backend.filters))];
}
