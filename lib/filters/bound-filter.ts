import { type ExtensionKind, extensionKey, parseSpec } from "../api/load/extension.ts";
import { compileFilter, type FilterStep } from "../routing/filters/filter-types.ts";
import type { EncodeValue } from "../routing/filters/header-modifier.ts";
import type { FilterIR } from "../routing/ir.ts";
import { type FilterKind, isFilterKind } from "./definition.ts";

export type ExtensionFilterIR = Extract<FilterIR, { type: "ExtensionRef" }>;

/** A custom filter, bound to the object that a route references. */
export interface BoundFilter {
  readonly type: "BoundFilter";
  readonly kind: FilterKind;
  /** The key `group/kind`, such as `acme.io/RequireApiKey`. */
  readonly key: string;
  readonly namespace: string;
  readonly name: string;
  /** The object's spec, as the filter's schema returns it. */
  readonly spec: unknown;
  readonly watch: FilterWatch | undefined;
}

/** An ExtensionRef without a filter to run. Every request that reaches it is answered with 500. */
export interface MissingFilter {
  readonly type: "MissingFilter";
  /** The API's reason for the condition ResolvedRefs, or UnsupportedFilter if this proxy lacks the filter. */
  readonly reason: string;
  readonly message: string;
}

/** One step of a list of filters: a compiled filter of the API, a custom filter, or a missing filter. */
export type PassageStep = FilterStep | BoundFilter | MissingFilter;

/** Counts the outcomes of a filter, and receives its errors. */
export interface FilterWatch {
  readonly counts: FilterCounts;
  failed(error: unknown): void;
}

export interface FilterCounts {
  /** Requests that passed the filter, changed or unchanged. */
  passed: number;
  /** Requests that the filter answered itself. */
  answered: number;
  /** Requests on which the filter threw an error or returned an invalid outcome. */
  failed: number;
  /** Requests on which the filter exceeded its timeout. */
  timedOut: number;
  /** Responses that passed the filter, changed or unchanged. */
  responsesPassed: number;
  /** Responses on which the filter threw an error or returned an invalid outcome. */
  responsesFailed: number;
}

export function noCounts(): FilterCounts {
  return { passed: 0, answered: 0, failed: 0, timedOut: 0, responsesPassed: 0, responsesFailed: 0 };
}

/** Custom filters, keyed by `group/kind`. */
export type FilterKinds = ReadonlyMap<string, FilterKind>;

/** Returns the registered kinds that `defineFilter` created. In practice these are all of them. */
export function filterKinds(kinds: readonly ExtensionKind[]): FilterKinds {
  return new Map(kinds.filter(isFilterKind).map((kind) => [extensionKey(kind), kind]));
}

/**
 * Binds custom filters to the references of a route, and compiles the filters of the API. An opaque filter is one that
 * this proxy lacks; it is never skipped.
 */
export function bindFilters(
  filters: readonly FilterIR[],
  kinds: FilterKinds,
  watchOf: (key: string) => FilterWatch | undefined = () => undefined,
  encode?: EncodeValue,
): readonly PassageStep[] {
  return filters.map((filter) =>
    filter.type === "ExtensionRef" ? bind(filter, kinds, watchOf) : compileFilter(filter, encode),
  );
}

function bind(
  filter: ExtensionFilterIR,
  kinds: FilterKinds,
  watchOf: (key: string) => FilterWatch | undefined,
): BoundFilter | MissingFilter {
  const { namespace, name, object } = filter;
  if ("invalid" in object) return { type: "MissingFilter", reason: object.invalid, message: object.message };
  const key = extensionKey(filter);
  const kind = kinds.get(key);
  const place = `${key} ${namespace}/${name}`;
  if (kind === undefined || "opaque" in object)
    return unsupported(`The route's filter ${place} is not known to this proxy.`);
  // The schema may return its input, which belongs to the IR, so it gets a copy.
  const parsed = parseSpec(kind.schema, structuredClone(object.spec));
  if ("issues" in parsed) return unsupported(`The spec of the route's filter ${place} is not valid.`);
  return { type: "BoundFilter", kind, key, namespace, name, spec: frozen(parsed.value), watch: watchOf(key) };
}

/** Freezes a spec. All requests share it, so a change by one request would be visible to the next. */
function frozen<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && !Array.isArray(value)) return value;
  Object.freeze(value);
  for (const member of Object.values(value)) frozen(member);
  return value;
}

function unsupported(message: string): MissingFilter {
  return { type: "MissingFilter", reason: "UnsupportedFilter", message };
}
