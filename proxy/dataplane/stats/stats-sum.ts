import { gauges, highest, type Stats } from "./stats.ts";

/**
 * Adds the counters of one thread to a sum. They may have come as a message, without their classes. Each number and
 * each typed array is added to the one at the same path; members named in `highest` take the highest of any thread.
 */
export function addStats(sum: Stats, own: Stats): void {
  for (const gateway of own.gateways.values()) {
    // Entries with methods are created by their owners; all others are created where they are missing.
    const into = sum.gateway(gateway.gateway);
    for (const key of gateway.listeners.keys()) into.listener(key);
    for (const key of gateway.routes.keys()) into.route(key);
    for (const id of gateway.rules.keys()) into.rule(id);
    for (const key of gateway.backends.keys()) into.backend(key);
  }
  addMembers(membersOf(sum), membersOf(own));
}

/** Sets all numbers to zero and forgets all entries, in place. */
export function clearStats(stats: Stats): void {
  stats.gateways.clear();
  stats.filters.clear();
  walk(membersOf(stats), (members, key) => members.set(key, 0));
}

/** Sets the gauges to zero, since those of an ended thread are no longer true. */
export function clearGauges(stats: Stats): void {
  walk(membersOf(stats), (members, key) => {
    if (gauges.has(key)) members.set(key, 0);
  });
}

/** Typed arrays are many and large, so that they are not walked by property name. */
type Numbers = Float64Array;

function isNumbers(value: object): value is Numbers {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

function addNumbers(sum: Numbers, own: Numbers): void {
  for (let i = 0; i < own.length; i++) sum[i] = (sum[i] as number) + (own[i] as number);
}

/** The members of an object or a map by name. */
interface Members {
  keys(): Iterable<string>;
  get(key: string): unknown;
  set(key: string, value: unknown): void;
}

function membersOf(node: object): Members {
  if (node instanceof Map) {
    return { keys: () => node.keys(), get: (key) => node.get(key), set: (key, value) => node.set(key, value) };
  }
  const members = node as Record<string, unknown>;
  return {
    keys: () => Object.keys(members),
    get: (key) => members[key],
    set: (key, value) => {
      members[key] = value;
    },
  };
}

function addMembers(sum: Members, own: Members): void {
  for (const key of own.keys()) {
    const value = own.get(key);
    if (typeof value === "number") {
      const before = (sum.get(key) as number | undefined) ?? 0;
      sum.set(key, highest.has(key) ? Math.max(before, value) : before + value);
    } else if (typeof value === "object" && value !== null) {
      const before = (sum.get(key) as object | undefined) ?? emptyLike(value);
      sum.set(key, before);
      if (isNumbers(value)) addNumbers(before as Numbers, value);
      else addMembers(membersOf(before), membersOf(value));
    } else if (sum.get(key) === undefined) sum.set(key, value);
  }
}

function emptyLike(value: object): object {
  if (value instanceof Map) return new Map();
  return isNumbers(value) ? value.slice().fill(0) : {};
}

function walk(members: Members, visit: (members: Members, key: string) => void): void {
  for (const key of members.keys()) {
    const value = members.get(key);
    if (typeof value === "number") visit(members, key);
    else if (typeof value === "object" && value !== null && !isNumbers(value)) walk(membersOf(value), visit);
  }
}
