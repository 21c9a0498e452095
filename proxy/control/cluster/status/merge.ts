import { isDeepStrictEqual } from "node:util";
import type { Condition } from "../../../../lib/routing/attach/condition.ts";
import type {
  GatewayClassStatus,
  GatewayStatus,
  ListenerSetStatus,
  ListenerStatus,
  PolicyStatus,
  RouteStatus,
} from "../../../../lib/routing/attach/statuses.ts";
import { mergeConditions, ownConditions, type StoredCondition } from "./conditions.ts";

/** A status, as we want it or as any client has written it to the API server. */
type Stored = Readonly<Record<string, unknown>>;

export type WantedStatus = GatewayClassStatus | GatewayStatus | ListenerSetStatus | RouteStatus | PolicyStatus;

/**
 * Returns the status to store, or undefined if it would not change: a status that is written again and again keeps
 * every watcher busy.
 *
 * Entries of other controllers on routes and policies, conditions of types that are not ours, and fields that we do not
 * know stay as they are.
 *
 * @param controllerNames our names: entries under these names that are not wanted any more are removed.
 * @param now RFC 3339, for conditions whose status changes.
 */
export function mergeStatus(
  stored: unknown,
  wanted: WantedStatus,
  controllerNames: ReadonlySet<string>,
  now: string,
): Stored | undefined {
  const before = isObject(stored) ? stored : {};
  const ours = mergeKind(before, wanted, controllerNames, now);
  const merged = { ...before, ...ours };
  return isDeepStrictEqual(merged, before) || saysNothing(before, ours) ? undefined : merged;
}

/** Returns whether there is neither a stored status nor a wanted one, as for an object that is not ours. */
function saysNothing(before: Stored, ours: Stored): boolean {
  return Object.keys(ours).every((field) => before[field] === undefined && isDeepStrictEqual(ours[field], []));
}

function mergeKind(before: Stored, wanted: WantedStatus, controllerNames: ReadonlySet<string>, now: string): Stored {
  if ("parents" in wanted) {
    return { parents: mergeEntries(before.parents, wanted.parents, "parentRef", controllerNames, now) };
  }
  if ("ancestors" in wanted) {
    return { ancestors: mergeEntries(before.ancestors, wanted.ancestors, "ancestorRef", controllerNames, now) };
  }
  const conditions = mergeConditions(storedConditions(before), wanted.conditions, ownConditions, now);
  if (!("listeners" in wanted)) return { ...wanted, conditions };
  return { ...wanted, conditions, listeners: mergeListeners(before.listeners, wanted.listeners, now) };
}

function mergeListeners(stored: unknown, wanted: readonly ListenerStatus[], now: string): readonly Stored[] {
  const before = new Map(listOf(stored).map((listener) => [listener.name, listener]));
  return wanted.map((listener) => {
    const known = before.get(listener.name) ?? {};
    return {
      ...listener,
      conditions: mergeConditions(storedConditions(known), listener.conditions, ownConditions, now),
    };
  });
}

interface Entry {
  readonly controllerName: string;
  readonly conditions: readonly Condition[];
}

/**
 * Merges entries: first those of other controllers, then ours, each in their order. A stored entry corresponds to a
 * wanted one with the same reference.
 */
function mergeEntries(
  stored: unknown,
  wanted: readonly Entry[],
  reference: "parentRef" | "ancestorRef",
  controllerNames: ReadonlySet<string>,
  now: string,
): readonly Stored[] {
  const before = listOf(stored);
  const ours = before.filter(({ controllerName }) => controllerNames.has(String(controllerName)));
  const others = before.filter((entry) => !ours.includes(entry));
  const merged = wanted.map((entry): Stored => {
    const refersTo = (entry as unknown as Stored)[reference];
    const known = ours.find(
      (each) => each.controllerName === entry.controllerName && isDeepStrictEqual(each[reference], refersTo),
    );
    const conditions = mergeConditions(storedConditions(known ?? {}), entry.conditions, ownConditions, now);
    return { ...known, ...entry, conditions };
  });
  return [...others, ...merged];
}

function storedConditions(status: Stored): readonly StoredCondition[] {
  return listOf(status.conditions) as unknown as readonly StoredCondition[];
}

function listOf(value: unknown): readonly Stored[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function isObject(value: unknown): value is Stored {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
