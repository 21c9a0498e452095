import type { AnyObject } from "../../api/declared/declared.ts";
import { listKeysAt } from "../../api/load/list-keys.ts";

/** A deployed object: its live state as last reported by the server, and the inputs of the program at that time. */
export interface DeployedObject {
  readonly live: AnyObject;
  readonly inputs: AnyObject;
}

/**
 * Predicts the object after `declared` is applied. The provider uses server-side apply: a live field that the program
 * neither gives nor gave stays, such as a listener of another field manager. A field that the program gave but no
 * longer gives is removed.
 */
export function mergedWith({ live, inputs }: DeployedObject, declared: AnyObject): AnyObject {
  const merge = (was: unknown, gave: unknown, gives: unknown, path: readonly (string | number)[]): unknown => {
    if (gives === undefined) return withoutGiven(was, gave);
    if (isMapping(was) && isMapping(gives)) {
      const before = isMapping(gave) ? gave : {};
      const keys = [...new Set([...Object.keys(was), ...Object.keys(gives)])];
      const members = keys.map((key) => [key, merge(was[key], before[key], gives[key], [...path, key])] as const);
      return Object.fromEntries(members.filter(([, member]) => member !== undefined));
    }
    const keys = Array.isArray(was) && Array.isArray(gives) ? listKeysAt(declared, path) : undefined;
    return keys === undefined ? gives : mergeItems(was as unknown[], gave, gives as unknown[], { keys, path });
  };
  const mergeItems = (
    was: readonly unknown[],
    gave: unknown,
    gives: readonly unknown[],
    { keys, path }: { readonly keys: readonly string[]; readonly path: readonly (string | number)[] },
  ): unknown[] => {
    const keyed = (items: readonly unknown[]) => new Map(items.map((item) => [keyOf(item, keys), item]));
    const [former, before, now] = [keyed(was), keyed(Array.isArray(gave) ? gave : []), keyed(gives)];
    return [...new Set([...former.keys(), ...now.keys()])].flatMap((key) => {
      if (!now.has(key) && before.has(key)) return [];
      return [merge(former.get(key), before.get(key), now.get(key), [...path, 0])];
    });
  };
  const spec = merge(live.spec, inputs.spec, declared.spec, ["spec"]);
  return { ...declared, ...(spec !== undefined && { spec }) };
}

/** Removes from a value the fields that the program gave. Returns undefined if nothing is left. */
function withoutGiven(was: unknown, gave: unknown): unknown {
  if (gave === undefined) return was;
  if (!isMapping(was) || !isMapping(gave)) return undefined;
  const members = Object.entries(was).map(([key, member]) => [key, withoutGiven(member, gave[key])] as const);
  const left = members.filter(([, member]) => member !== undefined);
  return left.length === 0 ? undefined : Object.fromEntries(left);
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

function keyOf(item: unknown, keys: readonly string[]): string {
  return JSON.stringify(keys.map((key) => (isMapping(item) ? item[key] : undefined)));
}
