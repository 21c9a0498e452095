import { shownValue } from "../../api/credentials.ts";
import type { FilterIR, HeaderIR } from "../../routing/ir.ts";
import { filterWords, targetWords } from "../words.ts";
import type { Effect } from "./outcome.ts";

/**
 * What two rules handle differently: `timeouts.request: none → 2000`. Whatever they hold is compared, member by member;
 * who gets the requests and in which shares is told elsewhere.
 */
export function differencesBetween(before: Effect, after: Effect): readonly string[] {
  const common = Object.keys(before.backends).filter((key) => Object.hasOwn(after.backends, key));
  const spokenTo = ({ backends }: Effect) => Object.fromEntries(common.map((key) => [key, backends[key]]));
  return [
    ...compared([], handlingOf(before), handlingOf(after)),
    ...compared([], spokenTo(before), spokenTo(after)),
    ...ownFilters(before, after),
  ];
}

type Named = Readonly<Record<string, unknown>>;

function handlingOf({ kind, filters, handling, prefix }: Effect): Named {
  const matched = prefix === undefined ? {} : { "matched prefix": prefix === "" ? "/" : prefix };
  return { "answers of the proxy's own": kind, ...matched, filters: byType(filters), ...handling };
}

/** Of the targets that both have. */
function ownFilters(before: Effect, after: Effect): readonly string[] {
  return before.ways.flatMap(({ target, filters }) => {
    const other = after.ways.find((way) => targetWords(way.target) === targetWords(target));
    if (other === undefined) return [];
    return compared([`filters of ${targetWords(target)}`], byType(filters), byType(other.filters));
  });
}

/** Of most types a rule has one. */
function byType(filters: readonly FilterIR[]): Named {
  const counts = new Map<string, number>();
  return Object.fromEntries(
    filters.map((filter) => {
      const count = (counts.get(filter.type) ?? 0) + 1;
      counts.set(filter.type, count);
      return [count === 1 ? filter.type : `${filter.type} ${count}`, new Whole(filter)];
    }),
  );
}

/** A filter: told whole where only one side has it, and member by member where both do. */
class Whole {
  readonly filter: FilterIR;

  constructor(filter: FilterIR) {
    this.filter = filter;
  }
}

function compared(path: readonly string[], before: unknown, after: unknown): readonly string[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if (before instanceof Whole && after instanceof Whole) {
    return compared(path, membersOf(before.filter), membersOf(after.filter));
  }
  const [old, now] = [before ?? {}, after ?? {}];
  if (isNamed(old) && isNamed(now)) {
    const keys = [...new Set([...Object.keys(old), ...Object.keys(now)])];
    return keys.flatMap((key) => compared([...path, key], own(old, key), own(now, key)));
  }
  return [`${path.join(".")}: ${words(path, before)} → ${words(path, after)}`];
}

/** A header may be called `constructor`. */
function own(named: Named, key: string): unknown {
  return Object.hasOwn(named, key) ? named[key] : undefined;
}

function membersOf(filter: FilterIR): Named {
  if (filter.type !== "RequestHeaderModifier" && filter.type !== "ResponseHeaderModifier") return { ...filter };
  const fields = (list: readonly HeaderIR[]) => Object.fromEntries(list.map(({ name, value }) => [name, value]));
  return { set: fields(filter.set), add: fields(filter.add), remove: filter.remove };
}

function isNamed(value: unknown): value is Named {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Whole);
}

function words(path: readonly string[], value: unknown): string {
  if (value === undefined) return "none";
  if (value instanceof Whole) return filterWords(value.filter).replace(/^\w+: /, "");
  const shown = shownValue(path.at(-1) ?? "", typeof value === "string" ? value : JSON.stringify(value));
  return typeof value === "number" && (path[0] === "timeouts" || path.at(-1) === "backoff") ? `${shown} ms` : shown;
}
