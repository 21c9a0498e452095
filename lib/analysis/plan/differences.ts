import type { FilterIR } from "../../routing/ir.ts";
import { type FilterField, fieldWords, filterFields, targetWords } from "../traffic/filter-fields.ts";
import type { Effect } from "./outcome.ts";

/**
 * Lists the differences in how two rules handle requests, such as `timeouts.request: none → 2000 ms`. It compares all
 * members except backends and their shares, which the plan shows elsewhere. Without `before`, all of `after` is new.
 */
export function differencesBetween(before: Effect | undefined, after: Effect): readonly string[] {
  if (before === undefined) return additions(after);
  const common = Object.keys(before.backends).filter((key) => Object.hasOwn(after.backends, key));
  const spokenTo = ({ backends }: Effect) => Object.fromEntries(common.map((key) => [key, backends[key]]));
  return [
    ...compared([], handlingOf(before), handlingOf(after)),
    ...compared([], spokenTo(before), spokenTo(after)),
    ...backendFilters(before, after),
  ];
}

type Named = Readonly<Record<string, unknown>>;

function handlingOf({ kind, filters, handling, prefix }: Effect): Named {
  const matched = prefix === undefined ? {} : { "matched prefix": prefix === "" ? "/" : prefix };
  return { "answers of the proxy's own": kind, ...matched, filters: new FilterList(filters), ...handling };
}

/** Lists everything that a new rule has. Redirects are left out, because the plan shows them as the answer. */
function additions({ filters, ways, handling }: Effect): readonly string[] {
  const kept = filters.filter(({ type }) => type !== "RequestRedirect");
  return [
    ...compared([], { filters: new FilterList([]) }, { filters: new FilterList(kept), ...handling }),
    ...ways.flatMap(({ target, filters: own }) => listDifferences([`filters of ${targetWords(target)}`], [], own)),
  ];
}

/** Compares the filters of each backend. All filters of a new backend are new. */
function backendFilters(before: Effect, after: Effect): readonly string[] {
  return after.ways.flatMap(({ target, filters }) => {
    const former = before.ways.find((way) => targetWords(way.target) === targetWords(target));
    return listDifferences([`filters of ${targetWords(target)}`], former?.filters ?? [], filters);
  });
}

/** A rule's filters, wrapped to be distinguishable from the rule's other members. */
class FilterList {
  readonly filters: readonly FilterIR[];

  constructor(filters: readonly FilterIR[]) {
    this.filters = filters;
  }
}

/** Shows a filter completely if only one side has it, and field by field if both have it; then changes of order. */
function listDifferences(
  path: readonly string[],
  before: readonly FilterIR[],
  after: readonly FilterIR[],
): readonly string[] {
  const [old, now] = [byType(before), byType(after)];
  const kept = [...old.keys()].filter((name) => now.has(name));
  const sorted = [...now.keys()].filter((name) => old.has(name));
  return [
    ...[...new Set([...old.keys(), ...now.keys()])].flatMap((name) =>
      filterDifferences([...path, name], old.get(name), now.get(name)),
    ),
    ...(kept.join() === sorted.join() ? [] : [`${path.join(".")}: ${kept.join(", ")} → ${sorted.join(", ")}`]),
  ];
}

/** Keys filters by type. A second filter of a type, which is rare, gets a number. */
function byType(filters: readonly FilterIR[]): ReadonlyMap<string, FilterIR> {
  const counts = new Map<string, number>();
  return new Map(
    filters.map((filter) => {
      const count = (counts.get(filter.type) ?? 0) + 1;
      counts.set(filter.type, count);
      return [count === 1 ? filter.type : `${filter.type} ${count}`, filter];
    }),
  );
}

function filterDifferences(
  path: readonly string[],
  before: FilterIR | undefined,
  after: FilterIR | undefined,
): readonly string[] {
  if (before !== undefined && after !== undefined) {
    return fieldDifferences(path, filterFields(before), filterFields(after));
  }
  const whole = (filter: FilterIR | undefined) => (filter === undefined ? "none" : fieldWords(filter) || "empty");
  return [`${path.join(".")}: ${whole(before)} → ${whole(after)}`];
}

function compared(path: readonly string[], before: unknown, after: unknown): readonly string[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if (before instanceof FilterList && after instanceof FilterList) {
    return listDifferences(path, before.filters, after.filters);
  }
  const [old, now] = [before ?? {}, after ?? {}];
  if (isNamed(old) && isNamed(now)) {
    const keys = [...new Set([...Object.keys(old), ...Object.keys(now)])];
    return keys.flatMap((key) => compared([...path, key], own(old, key), own(now, key)));
  }
  return [`${path.join(".")}: ${words(path, before)} → ${words(path, after)}`];
}

function fieldDifferences(
  path: readonly string[],
  before: readonly FilterField[],
  after: readonly FilterField[],
): readonly string[] {
  const [old, now] = [byName(before), byName(after)];
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((name) => {
    const [a, b] = [old.get(name), now.get(name)];
    if (a?.value === b?.value) return [];
    return [`${[...path, name].join(".")}: ${a?.shown ?? "none"} → ${b?.shown ?? "none"}`];
  });
}

function byName(fields: readonly FilterField[]): ReadonlyMap<string, FilterField> {
  return new Map(fields.map((field) => [field.name, field]));
}

/** Reads own members only, because a member may be called `constructor`. */
function own(named: Named, key: string): unknown {
  return Object.hasOwn(named, key) ? named[key] : undefined;
}

function isNamed(value: unknown): value is Named {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof FilterList);
}

function words(path: readonly string[], value: unknown): string {
  if (value === undefined) return "none";
  const shown = typeof value === "string" ? value : JSON.stringify(value);
  return typeof value === "number" && (path[0] === "timeouts" || path.at(-1) === "backoff") ? `${shown} ms` : shown;
}
